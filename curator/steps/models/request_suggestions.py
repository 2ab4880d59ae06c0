"""Prepare crops for a model, and ask the trainer what it says of them."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.faces.preprocessing import paper_preprocessing
from curator.core.snapshots.recipe import Preprocessing
from curator.errors import CuratorError
from curator.steps.images.image_codec import decoded
from db.jobs.progress import Progress, Steps
from db.jobs.queue import add_job
from db.model_folder.installed_nets import installed_nets
from db.model_folder.model_card import read_card
from db.model_folder.prepared_crops import BATCH_FACES, PreparedCrops, write_prepared
from db.project.project_folder import Project
from db.tables.guidance import Suggestion
from db.tables.images import Face
from db.tables.jobs import Job

STANDARD = "standard"


@dataclass(frozen=True)
class AskableModel:
    """A model of the project that can be asked.

    Attributes:
        name: `standard`, or the name of an installed net.
        model: What its suggestions are stored under.
        preprocessing: How the crops it learned from were made.
        worth: What is known of how good it is, for people.
    """

    name: str
    model: str
    preprocessing: Preprocessing
    worth: str


def askable_models(project: Project) -> list[AskableModel]:
    """List the models that can be asked: the standard model, then the installed nets."""
    card = read_card(project.standard_model)
    models = []
    if card is not None:
        worth = f"{card.test_accuracy:.0%} of its test split right"
        models.append(AskableModel(STANDARD, card.model, card.preprocessing, worth))
    nets = installed_nets(project.models)
    return models + [AskableModel(net.name, net.model, "none", net.worth) for net in nets]


def model_named(project: Project, name: str) -> AskableModel:
    """Find a model of the project by its name.

    Raises:
        CuratorError: It has no such model.
    """
    models = {model.name: model for model in askable_models(project)}
    if name not in models:
        raise CuratorError(
            f"This project has no model {name!r}. It has: {', '.join(models) or 'none'}. "
            "Promote a cell of a benchmark, or run: trainer install-net mini-xception"
        )
    return models[name]


def waiting_faces(session: Session, model: str) -> int:
    """Count the faces of which a model has said nothing."""
    return session.scalar(_waiting(func.count(), model)) or 0


def _waiting(what: Any, model: str) -> Any:
    said = (
        select(Suggestion.face_id)
        .where(Suggestion.face_id == Face.id, Suggestion.model == model)
        .exists()
    )
    return select(what).select_from(Face).where(~said)


def prepared_folder(job_id: int) -> str:
    """Name the folder, relative to the project, of the crops that a job prepares."""
    return str(PurePosixPath("uploads") / f"suggest-{job_id}")


def prepare_crops(project: Project, asked: AskableModel, folder: Path) -> Steps[int]:
    """Prepare the crop of every face of which a model has said nothing.

    They are made as those that the model has learned from. What an earlier try has left
    in the folder is made anew; if this one is stopped, nothing is left.

    Returns:
        How many faces there are.
    """
    shutil.rmtree(folder, ignore_errors=True)
    with project.reading() as session:
        crop = _waiting(Face.id, asked.model).add_columns(Face.crop_sha256).order_by(Face.id)
        faces: list[tuple[int, str]] = [(row[0], row[1]) for row in session.execute(crop)]
    try:
        for start in range(0, len(faces), BATCH_FACES):
            yield Progress(start, len(faces), "Preparing crops")
            batch = _prepared(project, faces[start : start + BATCH_FACES], asked.preprocessing)
            write_prepared(folder, start // BATCH_FACES, batch)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return len(faces)


def _prepared(
    project: Project, faces: list[tuple[int, str]], preprocessing: Preprocessing
) -> PreparedCrops:
    crops = [decoded(project.crops.read(sha256)) for _, sha256 in faces]
    if preprocessing == "paper":
        crops = [paper_preprocessing(crop) for crop in crops]
    return PreparedCrops(np.array([face_id for face_id, _ in faces]), np.stack(crops))


def ask_trainer(session: Session, request: dict[str, Any], *, now: datetime) -> None:
    """Ask the trainer to predict prepared crops, once; the caller commits.

    Args:
        request: The arguments of the trainer's job `suggest`.
    """
    asked = session.scalars(select(Job).where(Job.kind == "suggest")).all()
    if not any(job.arguments.get("folder") == request["folder"] for job in asked):
        add_job(session, "suggest", request, by=None, now=now)
