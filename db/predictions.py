"""What the cells of a run say of the faces that they were not fitted on.

    RUN/nets/NET/predictions-CLASSIFIER.parquet    one row a face, see `COLUMNS`

The faces are those of the validation and test splits: a net that has learned a wrong label
by heart would not contradict it, so that only faces held out can show an error.
"""

from pathlib import Path
from typing import Final

import pandas as pd

from db.labels import Expression
from db.storage import written_whole

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
