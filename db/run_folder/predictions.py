"""What the cells of a run say of the faces that they were not fitted on.

    RUN/nets/NET/predictions-CLASSIFIER.parquet    one row a face, see `COLUMNS`

The faces are those of the validation and test splits: a net that has learned a wrong label
by heart would not contradict it, so that only faces held out can show an error. A run with
folds has held out every face once.
"""

from pathlib import Path
from typing import Final

import pandas as pd

from db.files.blobs import written_whole
from db.labels import Expression
from db.run_folder.results import StudyKind, read_studies

PROBABILITY_COLUMNS: Final = tuple(f"p_{label}" for label in Expression)

COLUMNS: Final[dict[str, str]] = {
    "face_id": "int64",
    "split": "str",
    "label": "str",
    **dict.fromkeys(PROBABILITY_COLUMNS, "float32"),
}
"""The columns and their types. `label` is that of the snapshot; the probabilities, in the
order of `Expression`, add up to 1."""


def predictions_name(classifier: str) -> str:
    """Name the file in the folder of a net."""
    return f"predictions-{classifier}.parquet"


def predictions_file(run_folder: Path, net: str, classifier: str) -> Path:
    """Say where the predictions of a cell lie; runs of earlier versions have none."""
    return run_folder / "nets" / net / predictions_name(classifier)


def write_predictions(path: Path, predictions: pd.DataFrame) -> None:
    """Write the predictions of a cell, whole or not at all."""
    with written_whole(path) as aside:
        predictions[list(COLUMNS)].astype(COLUMNS).to_parquet(aside, index=False)


def read_predictions(path: Path) -> pd.DataFrame:
    """Read what `write_predictions` wrote."""
    return pd.read_parquet(path).astype(COLUMNS)


def held_out_predictions(run_folder: Path, net: str, classifier: str) -> pd.DataFrame:
    """Read what a cell says of every face that it was not fitted on.

    Returns:
        One row a face with the columns of `COLUMNS`: the out-of-fold predictions of all
        faces where all folds of the run are done, else those of validation and test.
    """
    folds = _fold_files(run_folder, net, classifier)
    if not folds:
        return read_predictions(predictions_file(run_folder, net, classifier))
    held_out = pd.concat([read_predictions(path) for path in folds], ignore_index=True)
    tested = held_out[held_out["split"] == "test"]
    return tested.sort_values("face_id", ignore_index=True)


def _fold_files(run_folder: Path, net: str, classifier: str) -> list[Path]:
    folds = [
        (folder, run)
        for folder, run in read_studies(run_folder)
        if run.study and run.study.kind is StudyKind.FOLD
    ]
    files = [
        predictions_file(folder, net, classifier)
        for folder, run in folds
        if run.cell(net, classifier)
    ]
    wanted = {run.study.value.partition(" of ")[2] for _, run in folds if run.study}
    return files if wanted == {str(len(files))} else []
