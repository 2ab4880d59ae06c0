"""Crops on their way to a model: the curator prepares them, the trainer reads them once.

    uploads/suggest-JOB/000000.npz, 000001.npz …

Each file holds `face_ids`, int64 (n,), and `crops`, uint8 (n, side, side) in grey or
(n, side, side, 3) in RGB, as the model was trained on. A file is removed when what the
model says of its faces is stored.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from db.files.blobs import written_whole

BATCH_FACES: Final = 100
"""Faces a file: what is predicted and stored at one go."""


@dataclass(frozen=True)
class PreparedCrops:
    """Crops of some faces, as a model takes them.

    Attributes:
        face_ids: int64, shape (n,).
        crops: uint8, shape (n, side, side) in grey or (n, side, side, 3) in RGB.
    """

    face_ids: NDArray[np.int64]
    crops: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.crops.ndim not in (3, 4) or len(self.crops) != len(self.face_ids):
            raise ValueError(
                f"`crops` must be (n, side, side) or (n, side, side, 3) with n = "
                f"{len(self.face_ids)}. Received: {self.crops.shape}"
            )

    @property
    def rgb(self) -> NDArray[np.uint8]:
        """The crops in shape (n, side, side, 3); grey stands in all three channels."""
        return self.crops if self.crops.ndim == 4 else np.stack([self.crops] * 3, axis=-1)


def write_prepared(folder: Path, number: int, prepared: PreparedCrops) -> None:
    """Write the file of this number, whole or not at all."""
    with written_whole(folder / f"{number:06}.npz") as aside, aside.open("wb") as file:
        np.savez(file, allow_pickle=False, face_ids=prepared.face_ids, crops=prepared.crops)


def prepared_files(folder: Path) -> list[Path]:
    """List the files that are still to be read, in their order."""
    return sorted(folder.glob("[0-9]*.npz"))


def read_prepared(path: Path) -> PreparedCrops:
    """Read one file."""
    with np.load(path, allow_pickle=False) as arrays:
        return PreparedCrops(arrays["face_ids"], arrays["crops"])
