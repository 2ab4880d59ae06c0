"""Bring the faces into the order in which a recipe needs them labelled."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curator.core.labelling.priorities import label_needs, priorities
from curator.core.snapshots.balancing.balance import balance
from curator.core.snapshots.balancing.shortages import shortages
from curator.core.snapshots.recipe import PRESETS, Recipe
from curator.steps.consensus.settle_labels import project_rule
from curator.steps.project.settings import change_settings
from curator.steps.snapshots.candidate_faces import candidate_faces
from db.jobs.progress import BATCH_ROWS, Progress, Steps
from db.jobs.queue import add_job
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.assignment import FaceVotes
from db.tables.guidance import Suggestion
from db.tables.settings import Order


@dataclass(frozen=True)
class PriorityReport:
    """What the order rests on.

    Attributes:
        faces: How many got a priority; 0 for those that would bring nothing.
        open: How many of them have a priority above 0.
        suggested: Of how many a model has said something.
        needs: How badly each label is wanted, from 0 to 1.
    """

    faces: int
    open: int
    suggested: int
    needs: dict[str, float]


def preset_with_project_rule(session: Session, name: str) -> Recipe:
    """Return a preset that settles labels as the project does."""
    return replace(PRESETS[name], rule=project_rule(session))


def send_next(session: Session, recipe: Recipe, by: int | None, now: datetime) -> int:
    """Send annotators next what a recipe lacks; the caller commits.

    The project goes by need from now on, which the audit trail notes, and the faces are
    brought into their order by a job.

    Args:
        session: A writing session.
        recipe: Its targets say which labels are short.
        by: Who wants it; None for a command.
        now: The time.

    Returns:
        The job's id.
    """
    change_settings(session, {"order": Order.NEED}, by, now)
    return add_job(session, "order", {"recipe": recipe.as_json()}, by=by, now=now)


def prioritise_faces(project: Project, recipe: Recipe) -> Steps[PriorityReport]:
    """Give every face the priority that it has for a recipe, all of them anew.

    It reckons without holding back those who label, and then commits in batches. Faces that
    come in later have priority 0, and so come last, until this runs again.

    Args:
        project: The project.
        recipe: Its targets say which labels are short, its rule what is settled.
    """
    yield Progress(0, 0, "Looking at votes and suggestions")
    with project.reading() as session:
        rows, report = _ordered(session, recipe)
    for start in range(0, len(rows), BATCH_ROWS):
        with project.writing() as session:
            session.execute(update(FaceVotes), rows[start : start + BATCH_ROWS])
            session.commit()
        yield Progress(min(start + BATCH_ROWS, len(rows)), len(rows), "Ordering")
    return report


def _ordered(session: Session, recipe: Recipe) -> tuple[list[dict[str, Any]], PriorityReport]:
    faces = candidate_faces(session, recipe)
    outcomes = balance(faces, recipe.targets, recipe.seed, recipe.limits)
    needs = label_needs(shortages(faces, outcomes, recipe.targets))
    suggested = _suggested(session)
    found = priorities(faces, suggested, needs)
    rows = [
        {"face_id": face_id, "priority": priority}
        for face_id, priority in zip(faces["face_id"].tolist(), found.tolist(), strict=True)
    ]
    opened = int((found > 0).sum())
    return rows, PriorityReport(len(rows), opened, len(suggested), _by_label(needs))


def _by_label(needs: pd.Series) -> dict[str, float]:
    return {str(label): float(need) for label, need in needs.items()}


def _suggested(session: Session) -> pd.DataFrame:
    """Average what the models say of each face: by `face_id`, a column per label."""
    rows = session.execute(select(Suggestion.face_id, Suggestion.probabilities)).all()
    shares = np.array([row.probabilities for row in rows]).reshape(len(rows), len(Expression))
    index = pd.Index([row.face_id for row in rows], name="face_id", dtype="int64")
    table = pd.DataFrame(shares, index=index, columns=[str(label) for label in Expression])
    return table.groupby("face_id").mean()
