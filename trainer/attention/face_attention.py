"""Where a net of a run looks in one face of its snapshot."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.run_folder.results import RunResult, read_run
from db.run_folder.run_files import net_files
from db.run_folder.run_tables import rests_on
from db.snapshot_folder.manifest import Snapshot
from trainer.attention.grad_cam import Attention, attention
from trainer.attention.overlay import overlay
from trainer.backend import KerasModel, keras
from trainer.data.loading import load_faces
from trainer.errors import TrainerError
from trainer.nets import CROP_SIZE_PX


@dataclass(frozen=True, eq=False)
class FaceAttention:
    """A picture of where a net looks, and what it made of the face.

    Attributes:
        png: The face, what speaks for the predicted label, and for the true one where
            that is another.
        label: The snapshot's.
        predicted: The net's own, by its softmax.
        probability: Of `predicted`.
    """

    png: bytes
    label: str
    predicted: str
    probability: float


def face_attention(
    run_folder: Path, net_name: str, face_id: int, snapshot: Snapshot
) -> FaceAttention:
    """Show a trained net of a run a face of its snapshot, and draw where it looks.

    Raises:
        RunError: There is no run in the folder.
        TrainerError: The net is not trained, or the snapshot has no such face.
    """
    run = read_run(run_folder)
    net = _trained_net(run_folder, run, net_name)
    crop, label = _crop_and_label(snapshot, face_id)
    looks = _looks(net, crop, label)
    predicted = looks[0].predicted
    title = f"Face {face_id}, labelled {label}: {_what_shows(net_name, looks[0].regions)}"
    return FaceAttention(
        png=overlay(looks, title, rests_on(run)),
        label=label,
        predicted=predicted,
        probability=looks[0].probabilities[predicted],
    )


def _what_shows(net_name: str, regions: tuple[int, int]) -> str:
    down, across = regions
    if down * across == 1:
        return f"{net_name} sees one region only and cannot say where it looks"
    return f"where {net_name} looks, in {down} x {across} regions"


def _trained_net(run_folder: Path, run: RunResult, name: str) -> KerasModel:
    path = net_files(run_folder, name).model
    trained = [net.net for net in run.nets if net_files(run_folder, net.net).model.is_file()]
    if name not in trained:
        raise TrainerError(
            f"{run_folder} has no trained net {name!r}. It has: {', '.join(trained) or 'none'}."
        )
    return keras.models.load_model(path, compile=False)


def _crop_and_label(snapshot: Snapshot, face_id: int) -> tuple[NDArray[np.uint8], str]:
    rows = snapshot.faces[snapshot.faces["face_id"] == face_id]
    if rows.empty:
        raise TrainerError(
            f"{snapshot.title} has no face {face_id}. Take an id from its manifest or its report."
        )
    return load_faces(snapshot, rows, CROP_SIZE_PX).crops[0], str(rows["label"].iloc[0])


def _looks(net: KerasModel, crop: NDArray[np.uint8], label: str) -> list[Attention]:
    """Look for the predicted label, and for the true one where that is another."""
    first = attention(net, crop)
    return [first] if first.label == label else [first, attention(net, crop, label)]
