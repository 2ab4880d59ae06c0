"""What a net gives for each face: features before its head, probabilities after."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.labels import SPLITS
from db.storage import written_whole
from trainer.backend import KerasModel
from trainer.loading import Faces
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


def write_features(path: Path, outputs: dict[str, NetOutputs]) -> None:
    """Write the outputs of all splits as one `.npz`, whole or not at all."""
    arrays = {}
    for split, given in outputs.items():
        arrays[f"{split}_{FEATURES}"] = given.features
        arrays[f"{split}_{PROBABILITIES}"] = given.probabilities
    with written_whole(path) as aside, aside.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_features(path: Path) -> dict[str, NetOutputs]:
    """Read what `write_features` wrote, by split."""
    with np.load(path, allow_pickle=False) as arrays:
        return {
            split: NetOutputs(arrays[f"{split}_{FEATURES}"], arrays[f"{split}_{PROBABILITIES}"])
            for split in SPLITS
        }


def outputs_of_splits(
    net: KerasModel, faces: dict[str, Faces], path: Path
) -> dict[str, NetOutputs]:
    """Run a net once over every split, or read what it gave before.

    Args:
        net: A trained net.
        faces: The faces by split.
        path: The `.npz` that keeps the outputs; written when it is missing.
    """
    if not path.exists():
        write_features(path, {split: net_outputs(net, faces[split].crops) for split in SPLITS})
    return read_features(path)
