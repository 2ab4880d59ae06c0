"""Which labels a model that has not learned them contradicts: likely errors."""

import numpy as np
import pandas as pd

from db.labels import Expression


def label_errors(predictions: pd.DataFrame) -> pd.DataFrame:
    """Rank faces by how likely their label is wrong, by confident learning.

    A label is a likely error where the model is surer of another one than it usually is of
    faces that carry that one (Northcutt, Jiang and Chuang 2021, "Confident learning:
    estimating uncertainty in dataset labels"). The quality of a label ranks within these:
    its probability less the greatest other one, moved into [0, 1].

    Args:
        predictions: One row per face that the model was not fitted on: `face_id` (int),
            `label` (str) and the model's probabilities, `p_…` per label.

    Returns:
        One row per face, the least trusted first: `face_id` (int), `label` (str),
        `predicted` (str), `quality` (float in [0, 1]) and `is_likely_error` (bool). The
        likely errors come before all others.
    """
    labels = [str(label) for label in Expression]
    table = predictions[["face_id", "label"]].reset_index(drop=True)
    shares = predictions[[f"p_{label}" for label in labels]].to_numpy(dtype=np.float64)
    table["predicted"] = np.array(labels, dtype="object")[shares.argmax(axis=1)]
    classes = table["label"].map(labels.index).to_numpy(dtype=np.int64)
    table["quality"], table["is_likely_error"] = _judged(classes, shares)
    ranked = table.sort_values(["is_likely_error", "quality"], ascending=[False, True])
    return ranked.astype({"predicted": "str"}).reset_index(drop=True)


def _judged(classes: np.ndarray, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(classes):
        return np.empty(0), np.empty(0, dtype=bool)
    # Here, because it brings scikit-learn, which takes seconds that no other page needs.
    from cleanlab.filter import find_label_issues  # noqa: PLC0415
    from cleanlab.rank import get_label_quality_scores  # noqa: PLC0415

    shares = shares / shares.sum(axis=1, keepdims=True)
    quality = get_label_quality_scores(classes, shares, method="normalized_margin")
    if len(np.unique(classes)) < 2:  # one label alone cannot be confused with another
        return quality, np.zeros(len(classes), dtype=bool)
    found = find_label_issues(classes, shares, filter_by="confident_learning", n_jobs=1)
    return quality, found
