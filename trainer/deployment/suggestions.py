"""What a model says of the faces of a project, stored for annotators to verify."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from db.files.blobs import sha256_of_file
from db.jobs.progress import Progress, Steps
from db.labels import Expression
from db.model_folder.installed_nets import net_folder, read_installed
from db.model_folder.prepared_crops import PreparedCrops, prepared_files, read_prepared
from db.project.project_folder import Project
from db.tables.guidance import Suggestion
from db.tables.images import Face
from trainer.backend import KerasModel, keras
from trainer.deployment.standard_model import load_standard_model
from trainer.deployment.standard_model import predict as predict_crops
from trainer.errors import TrainerError
from trainer.nets.pretrained import PRETRAINED, WEIGHTS_FILE, PretrainedNet

STANDARD = "standard"
DECIMALS = 6


@dataclass(frozen=True)
class Suggester:
    """A model that says something of crops.

    Attributes:
        model: What its suggestions are stored under.
        predict: From crops, RGB uint8 (n, side, side, 3), to probabilities (n, 7) in the
            order of `Expression`.
    """

    model: str
    predict: Callable[[NDArray[np.uint8]], NDArray[np.float64]]


def load_suggester(project: Project, name: str) -> Suggester:
    """Load the project's standard model, or a net installed in it.

    Args:
        name: `standard`, or the name of an installed net.

    Raises:
        TrainerError: It is not there, or its file has been changed.
    """
    if name == STANDARD:
        standard = load_standard_model(project.standard_model)
        return Suggester(standard.card.model, lambda crops: predict_crops(standard, crops))
    return _installed(net_folder(project.models, name), name)


def _installed(folder: Path, name: str) -> Suggester:
    card, net = read_installed(folder), PRETRAINED.get(name)
    if card is None or net is None:
        raise TrainerError(
            f"`model` must be `{STANDARD}` or an installed net. Received: {name!r}. "
            f"Install one of {', '.join(PRETRAINED)} with: trainer install-net NAME"
        )
    weights = folder / WEIGHTS_FILE
    # Looked at before every use: Keras builds whatever layers the file says.
    if not weights.is_file() or sha256_of_file(weights) != net.card.sha256:
        raise TrainerError(
            f"{weights} is not as it was installed. Run again: trainer install-net {name}"
        )
    model = keras.models.load_model(weights, compile=False)
    return Suggester(card.model, lambda crops: pretrained_probabilities(net, model, crops))


def pretrained_probabilities(
    net: PretrainedNet, model: KerasModel, crops: NDArray[np.uint8]
) -> NDArray[np.float64]:
    """Show crops to a pre-trained net in the form that it takes.

    Args:
        net: What it is.
        model: It, loaded.
        crops: RGB, uint8, shape (n, side, side, 3).

    Returns:
        Shape (n, 7), in the order of `Expression`.
    """
    if not len(crops):
        return np.empty((0, len(Expression)))
    greys = np.stack([_grey(crop, net.size_px) for crop in crops])
    inputs = greys[..., np.newaxis].astype(np.float32) / 127.5 - 1
    given = model.predict(inputs, verbose=0)
    return np.asarray(given, dtype=np.float64)[:, net.places]


def _grey(crop: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    grey = Image.fromarray(crop).convert("L")
    return np.asarray(grey.resize((size_px, size_px), Image.Resampling.BILINEAR), dtype=np.uint8)


def suggest_labels(
    project: Project, suggester: Suggester, folder: Path, total: int
) -> Steps[dict[str, Any]]:
    """Store what a model says of crops that were prepared for it.

    Each file is removed when its suggestions are stored, so that a step that was killed
    goes on with the next one. Faces that have a suggestion by this model keep it.

    Args:
        project: The project.
        suggester: The model.
        folder: Where `db.model_folder.prepared_crops` lie.
        total: How many faces were prepared at first.

    Yields:
        Progress in faces; closing it there stops it, what is stored stays.

    Returns:
        `model` and `faces`, how many were prepared for it.
    """
    paths = prepared_files(folder)
    sizes = [len(read_prepared(path).face_ids) for path in paths]
    left = sum(sizes)
    for path, size in zip(paths, sizes, strict=True):
        yield Progress(total - left, total, "Predicting")
        _store(project, suggester, read_prepared(path))
        path.unlink()
        left -= size
    return {"model": suggester.model, "faces": total}


def _store(project: Project, suggester: Suggester, prepared: PreparedCrops) -> None:
    shares = suggester.predict(prepared.rgb)
    with project.writing() as session:
        rows = _rows(session, suggester.model, prepared.face_ids, shares)
        if rows:
            session.execute(insert(Suggestion).on_conflict_do_nothing(), rows)
        session.commit()


def _rows(
    session: Session, model: str, face_ids: NDArray[np.int64], shares: NDArray[np.float64]
) -> list[dict[str, Any]]:
    # A face may have been erased since its crop was prepared.
    still = set(session.scalars(select(Face.id).where(Face.id.in_(face_ids.tolist()))))
    shares = np.round(shares / shares.sum(axis=1, keepdims=True), DECIMALS)
    labels = list(Expression)
    return [
        {
            "face_id": face_id,
            "model": model,
            "label": labels[int(row.argmax())],
            "share": float(row.max()),
            "probabilities": row.tolist(),
            "made_at": datetime.now(UTC),
        }
        for face_id, row in zip(face_ids.tolist(), shares, strict=True)
        if face_id in still
    ]
