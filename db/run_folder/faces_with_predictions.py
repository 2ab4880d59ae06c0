"""The test faces of a cell with what the snapshot says of them."""

from pathlib import Path

import numpy as np
import pandas as pd

from db.labels import Expression
from db.run_folder.predictions import PROBABILITY_COLUMNS, predictions_file, read_predictions

LABEL_NAMES = np.array([str(label) for label in Expression], dtype="object")


def tested_faces(run_folder: Path, net: str, classifier: str, faces: pd.DataFrame) -> pd.DataFrame:
    """Join what a cell says of its test faces with their rows in the manifest.

    Args:
        run_folder: The run, or one of its studies.
        net: The cell's net.
        classifier: The cell's classifier.
        faces: The manifest, or some columns of it with `face_id`.

    Returns:
        One row a test face that the manifest holds, by `face_id`: `label`, the
        probabilities, the manifest's columns, `predicted` (str) and `confidence` (float,
        the probability of `predicted`).

    Raises:
        FileNotFoundError: The predictions of the cell were not kept.
    """
    predictions = read_predictions(predictions_file(run_folder, net, classifier))
    tested = predictions[predictions["split"] == "test"]
    known = faces.drop(columns=["label", "split"], errors="ignore")
    joined = tested.merge(known, on="face_id").sort_values("face_id", ignore_index=True)
    shares = joined[list(PROBABILITY_COLUMNS)].to_numpy(dtype=np.float64)
    joined["predicted"] = pd.Series(LABEL_NAMES[shares.argmax(axis=1)], dtype="str")
    joined["confidence"] = shares.max(axis=1)
    return joined
