"""What a net gives for each face: features before its head, probabilities after."""

import hashlib
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from db.files.blobs import written_whole
from db.labels import SPLITS
from trainer.backend import KerasModel
from trainer.data.loading import Faces
from trainer.nets import FEATURES, PROBABILITIES

PREDICT_BATCH_SIZE = 64


@dataclass(frozen=True)
class NetOutputs:
    """What a net gives for n faces.

    Attributes:
        features: float32, shape (n, d).
        probabilities: float32, shape (n, 7); each row sums to 1.
    """

    features: NDArray[np.float32]
    probabilities: NDArray[np.float32]


def net_outputs(net: KerasModel, crops: NDArray[np.uint8]) -> NetOutputs:
    """Run a net over crops (n, size_px, size_px, 3)."""
    given = net.predict(crops, batch_size=PREDICT_BATCH_SIZE, verbose=0)
    return NetOutputs(given[FEATURES], given[PROBABILITIES])


@dataclass(frozen=True)
class SplitOutputs:
    """What a net gives for the faces of every split.

    Attributes:
        by_split: The outputs.
        milliseconds_per_face: Wall time in batches of `PREDICT_BATCH_SIZE`, measured on the
            split that came last, when all that happens once had happened.
    """

    by_split: dict[str, NetOutputs]
    milliseconds_per_face: float


def outputs_of_splits(
    net: KerasModel, faces: dict[str, Faces], path: Path, *, net_sha256: str
) -> SplitOutputs:
    """Run a net once over every split, or read what it gave before for the same crops.

    Args:
        net: A trained net.
        faces: The faces by split.
        path: The `.npz` that keeps the outputs; written anew when it is missing or rests on
            another net or other crops.
        net_sha256: Of the file that holds the net.
    """
    key = _key(net_sha256, faces)
    kept = _read(path, key) if path.exists() else None
    if kept is None:
        kept = _taken(net, faces)
        _write(path, key, kept)
    return kept


def _key(net_sha256: str, faces: dict[str, Faces]) -> str:
    digest = hashlib.sha256(net_sha256.encode("ascii"))
    for split in SPLITS:
        digest.update(np.ascontiguousarray(faces[split].crops).data)
    return digest.hexdigest()


def _taken(net: KerasModel, faces: dict[str, Faces]) -> SplitOutputs:
    by_split, milliseconds = {}, 0.0
    for split in SPLITS:
        started_at = time.perf_counter()
        by_split[split] = net_outputs(net, faces[split].crops)
        milliseconds = 1000 * (time.perf_counter() - started_at) / len(faces[split])
    return SplitOutputs(by_split, milliseconds)


def _write(path: Path, key: str, outputs: SplitOutputs) -> None:
    arrays: dict[str, Any] = {"key": key, "milliseconds": outputs.milliseconds_per_face}
    for split, given in outputs.by_split.items():
        arrays[f"{split}_{FEATURES}"] = given.features
        arrays[f"{split}_{PROBABILITIES}"] = given.probabilities
    with written_whole(path) as aside, aside.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _read(path: Path, key: str) -> SplitOutputs | None:
    """Read outputs; None when they rest on something else, or are of an earlier version."""
    with np.load(path, allow_pickle=False) as arrays:
        if "key" not in arrays or str(arrays["key"]) != key:
            return None
        by_split = {
            split: NetOutputs(arrays[f"{split}_{FEATURES}"], arrays[f"{split}_{PROBABILITIES}"])
            for split in SPLITS
        }
        return SplitOutputs(by_split, float(arrays["milliseconds"]))
