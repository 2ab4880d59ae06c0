"""Which faces a run has seen, kept with it so that a later one does not test on them."""

from pathlib import Path

import pandas as pd

from db.files.blobs import written_whole
from trainer.data.splits import is_held_out
from trainer.errors import TrainerError

FACES_FILE = "faces.parquet"
COLUMNS = ["face_id", "split", "label", "image_sha256", "crop_sha256"]


def write_faces_used(run_folder: Path, rows: pd.DataFrame) -> None:
    """Keep the rows of a manifest that a run uses, whole or not at all."""
    with written_whole(run_folder / FACES_FILE) as aside:
        rows[COLUMNS].to_parquet(aside, index=False)


def check_apart(run_folder: Path, rows: pd.DataFrame) -> None:
    """Refuse to start from a run that has seen faces which are to be held out.

    Args:
        run_folder: The earlier run.
        rows: The manifest's rows of the one that is to start from it.

    Raises:
        TrainerError: It has seen some of them, or does not say what it has seen.
    """
    path = run_folder / FACES_FILE
    if not path.is_file():
        raise TrainerError(
            f"{run_folder} does not say which faces it was trained on ({FACES_FILE} is missing), "
            "so that nobody knows whether scores would be of faces it has seen. Train it again."
        )
    before = pd.read_parquet(path)
    # Its test split had no part in its training.
    seen = int(is_held_out(before[before["split"] != "test"], rows).sum())
    if seen:
        raise TrainerError(
            f"{run_folder} was trained on {seen:,} of the faces that this snapshot keeps for "
            "validation and test: its scores would be of faces that it has seen. "
            "Train that run again with --apart-from and this snapshot."
        )
