"""Say which faces a recipe would freeze, what it lacks, and what could be done about it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.snapshots.balancing.balance import CHOSEN, Targets, balance
from curator.core.snapshots.balancing.remedies import (
    QualityThreshold,
    quality_thresholds,
    scaled_down,
)
from curator.core.snapshots.balancing.shortages import in_words, shares_in_words, shortages
from curator.core.snapshots.label_statistics import LabelStatistics, label_statistics
from curator.core.snapshots.recipe import Recipe
from curator.steps.snapshots.candidate_faces import candidate_faces
from curator.steps.snapshots.check_leaks import check_leaks, leaks_in_words
from curator.steps.snapshots.face_table import rows_of
from curator.steps.snapshots.manifest_rows import manifest_rows
from db.jobs.progress import Steps
from db.project.project_folder import Project
from db.tables.images import Face


@dataclass(frozen=True)
class Preview:
    """What a recipe would choose as the project stands.

    Attributes:
        recipe: The recipe.
        chosen: The chosen faces as `candidate_faces` returns them.
        outcomes: One row per outcome: `outcome` (str), `faces` (int), adding up to all.
        shortages: What `curator.core.snapshots.balancing.shortages.shortages` returns.
        sentences: What is short, in words; empty where nothing is.
        quality_thresholds: What the set would gain without one threshold, most first.
        scaled: The targets scaled down until none is short; None where they are none or
            nothing is short.
    """

    recipe: Recipe
    chosen: pd.DataFrame
    outcomes: pd.DataFrame
    shortages: pd.DataFrame
    sentences: list[str]
    quality_thresholds: list[QualityThreshold]
    scaled: Targets | None


def preview(session: Session, recipe: Recipe, *, with_remedies: bool = False) -> Preview:
    """Choose faces by a recipe without freezing anything.

    Args:
        session: A reading session.
        recipe: What is wanted.
        with_remedies: Reckon also `quality_thresholds` and `scaled`, which is as much work again
            for each threshold.

    Raises:
        CuratorError: No set keeps to the recipe's limits.
    """
    faces = candidate_faces(session, recipe)
    outcomes = balance(faces, recipe.targets, recipe.seed, recipe.limits)
    counts = outcomes["outcome"].value_counts().rename_axis("outcome").reset_index(name="faces")
    lacks = shortages(faces, outcomes, recipe.targets)
    is_short = recipe.targets is None or bool(lacks["short"].any())
    return Preview(
        recipe,
        faces[outcomes["outcome"] == CHOSEN],
        counts,
        lacks,
        _in_words(faces, outcomes, lacks, recipe),
        quality_thresholds=_floors(faces, recipe) if is_short and with_remedies else [],
        scaled=_scaled(faces, recipe) if is_short and with_remedies else None,
    )


def _in_words(
    faces: pd.DataFrame, outcomes: pd.DataFrame, lacks: pd.DataFrame, recipe: Recipe
) -> list[str]:
    impossible = shares_in_words(faces, outcomes, recipe.limits)
    return [*([impossible] if impossible else []), *in_words(lacks, recipe.targets)]


def _floors(faces: pd.DataFrame, recipe: Recipe) -> list[QualityThreshold]:
    return quality_thresholds(faces, recipe.targets, recipe.limits, recipe.quality)


def _scaled(faces: pd.DataFrame, recipe: Recipe) -> Targets | None:
    return recipe.targets and scaled_down(faces, recipe.targets, recipe.limits)


def preview_figures(session: Session, chosen: pd.DataFrame) -> LabelStatistics:
    """Measure the faces that a recipe chooses.

    Args:
        session: A reading session.
        chosen: Rows as `candidate_faces` returns them.
    """
    query = select(Face.id.label("face_id"), Face.quality)
    rows = rows_of(session, query, set(chosen["face_id"]))
    return label_statistics(chosen, pd.DataFrame([row.quality for row in rows]))


def preview_leaks(project: Project, session: Session, recipe: Recipe) -> Steps[dict[str, Any]]:
    """Count what would cross the splits of a recipe as the project stands.

    Returns:
        What JSON can say: `recipe`, `faces`, `pairs` compared, and `leaks`, a sentence for
        each kind that crosses a split.
    """
    chosen = preview(session, recipe).chosen
    faces = manifest_rows(session, chosen, recipe)
    report = yield from check_leaks(project, session, faces, recipe.duplicate_distance)
    return {
        "recipe": recipe.as_json(),
        "faces": len(faces),
        "pairs": report.pairs,
        "leaks": leaks_in_words(report),
    }
