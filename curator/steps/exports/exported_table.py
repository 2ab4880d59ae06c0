"""The table of an export, and how the votes for a face are shared among the labels."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from curator.steps.exports.exported_file import SnapshotExport
from db.labels import Expression
from db.snapshot_folder.manifest import VOTE_COLUMNS

SOFT_COLUMNS = tuple(f"soft_{label}" for label in Expression)


def face_table(export: SnapshotExport) -> pd.DataFrame:
    """Return the manifest, with the columns of `soft_labels` where they were chosen."""
    faces = export.snapshot.faces
    return faces if export.choices.labels == "hard" else faces.join(soft_labels(faces))


def soft_labels(faces: pd.DataFrame) -> pd.DataFrame:
    """Return the share of each label among the votes for each face.

    A face without votes, which a final word settled, counts as one vote for its label.

    Args:
        faces: Rows of a manifest: `label` and the columns `votes_…`.

    Returns:
        The same index, a column of `SOFT_COLUMNS` a label, float64; each row sums to 1.

    Example:
        Two votes for happy and one for sad; then none, where the label is sad.

        >>> votes = {name: [0, 0] for name in VOTE_COLUMNS}
        >>> votes |= {"votes_happy": [2, 0], "votes_sad": [1, 0], "label": ["happy", "sad"]}
        >>> shares = soft_labels(pd.DataFrame(votes))[["soft_happy", "soft_sad"]]
        >>> shares.round(2).to_numpy().tolist()
        [[0.67, 0.33], [0.0, 1.0]]
    """
    votes = faces[list(VOTE_COLUMNS)].to_numpy(dtype="float64", copy=True)
    unvoted = votes.sum(axis=1) == 0
    votes[unvoted, class_numbers(faces)[unvoted]] = 1
    return pd.DataFrame(votes / votes.sum(axis=1, keepdims=True), faces.index, list(SOFT_COLUMNS))


def class_numbers(faces: pd.DataFrame) -> NDArray[np.int64]:
    """Return the number of each face's label in the order of `Expression`, int64 (n,)."""
    numbers = {str(label): number for number, label in enumerate(Expression)}
    return np.asarray(faces["label"].map(numbers), np.int64)
