"""Other ways to split a snapshot than its own, each for one question about a run.

A function takes the rows of a manifest and gives them back with another `split`; rows that
have no part in the question are left out.
"""

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

HELD_OUT = ("validation", "test")


def leaky_splits(rows: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Deal each face alone, as if faces of one unit had nothing to do with each other.

    Each split keeps as many faces of each label as it had, so that only what crosses
    between them differs.

    Args:
        rows: A manifest's.
        seed: Draws the faces.
    """
    chance = np.random.default_rng(seed)
    dealt = rows.groupby("label")["split"].transform(chance.permutation)
    return rows.assign(split=dealt)


def crossing_faces(rows: pd.DataFrame) -> int:
    """Count the test faces that have a face of their unit in the training split."""
    trained = set(rows.loc[rows["split"] == "train", "unit"])
    return int(rows.loc[rows["split"] == "test", "unit"].isin(trained).sum())


def without_source(rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Keep a source out of training and validation, and test on all of it.

    Faces of the source whose unit is trained or validated on through another source are
    left out, so that nothing crosses.
    """
    is_of_it = rows["source"] == source
    learned = rows[~is_of_it & (rows["split"] != "test")]
    tested = rows[is_of_it & ~rows["unit"].isin(learned["unit"])].assign(split="test")
    return pd.concat([learned, tested]).sort_values("face_id")


def only_source(rows: pd.DataFrame, source: str) -> pd.DataFrame:
    """Train and validate on one source alone, and test on the test split of all."""
    return rows[(rows["source"] == source) | (rows["split"] == "test")]


def fold(rows: pd.DataFrame, number: int, *, of: int, seed: int) -> pd.DataFrame:
    """Test on one of several parts that together are all faces, whole units in each.

    The rest of the validation split is validated on, and all else is trained on.

    Args:
        rows: A manifest's.
        number: Which part, from 1.
        of: How many parts there are, at least 2.
        seed: Draws the parts; labels are spread over them evenly.

    Raises:
        ValueError: There is no such part.
    """
    if not 1 <= number <= of or of < 2:
        raise ValueError(f"A fold is one of at least 2. Received: {number} of {of}")
    parts = StratifiedGroupKFold(of, shuffle=True, random_state=seed)
    tested = list(parts.split(rows, _spread(rows["label"], of), rows["unit"]))[number - 1][1]
    is_tested = np.isin(np.arange(len(rows)), tested)
    learned = np.where(rows["split"] == "validation", "validation", "train")
    return rows.assign(split=np.where(is_tested, "test", learned))


def _spread(labels: pd.Series, parts: int) -> pd.Series:
    """Count labels with fewer faces than parts as the most frequent one: they cannot be spread."""
    counts = labels.map(labels.value_counts())
    return labels.where(counts >= parts, labels.mode().iloc[0])


def apart_from(rows: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Leave out the faces that another snapshot validates or tests on.

    Faces are the same when their image or their crop is, byte for byte: copies that merely
    look alike were left out when the snapshots were frozen.

    Args:
        rows: A manifest's.
        other: That of the snapshot which will be trained on next, from these weights.
    """
    return rows[~is_held_out(rows, other)]


def is_held_out(rows: pd.DataFrame, other: pd.DataFrame) -> pd.Series:
    """Tell which rows another snapshot validates or tests on."""
    kept_apart = other[other["split"].isin(HELD_OUT)]
    by_image = rows["image_sha256"].isin(set(kept_apart["image_sha256"]) - {""})
    return by_image | rows["crop_sha256"].isin(kept_apart["crop_sha256"])
