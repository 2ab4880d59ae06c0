"""Which faces a set needs labelled first."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.labels import Expression, Flag

_LABELS = [str(label) for label in Expression]
_NO_LABEL = [str(Flag.NOT_A_FACE), str(Flag.BAD_CROP)]


def label_needs(shortages: pd.DataFrame) -> pd.Series:
    """Say how badly each label is wanted, from 0 to 1.

    It is the part of a label's target that is missing. Where nothing is missing, it is the
    part by which a label is behind the fullest one; where all are level, all are wanted
    alike.

    Args:
        shortages: What `curator.core.snapshots.balancing.shortages.shortages` returns.

    Returns:
        One float per label, by label.

    Example:
        Disgust lacks 466 of the 1,013 that the paper has.

        >>> lacks = pd.DataFrame({"label": ["disgust", "happy"], "wanted": [1013, 1617],
        ...     "chosen": [547, 1617], "short": [466, 0], "spare": [0, 90]})
        >>> label_needs(lacks).round(2).to_dict()
        {'disgust': 0.46, 'happy': 0.0}
    """
    table = shortages.set_index("label")
    missing, target = table["short"], table["wanted"]
    if not missing.any():
        there = table["chosen"] + table["spare"]
        missing, target = there.max() - there, there.clip(lower=there.max())
    if not missing.any():
        return pd.Series(1.0, table.index)
    return (missing / target.where(target > 0, 1)).astype("float64")


def priorities(faces: pd.DataFrame, suggested: pd.DataFrame, needs: pd.Series) -> pd.Series:
    """Give each face its priority: what it should bring times how open it still is.

    For each label p is the mean of: 1 / 7 (one vote's weight), the models' probability
    (one vote's weight, where there is a suggestion), and the votes, of which an "unsure"
    counts 1 / 7 for each label and a flag for none.

        priority = (sum of p times need over the labels) times (1 - the greatest p)

    The first factor is the expected contribution to the labels in need, the second the
    uncertainty by least confidence (Lewis and Gale 1994, "A sequential algorithm for
    training text classifiers"). Faces that are settled, that double another one or that are
    below the recipe's quality would bring nothing and have priority 0.

    Args:
        faces: One row per face: `face_id` (int), `verdict` (str, missing when unsettled),
            `is_keeper` and `is_good` (bool), and one column per verdict with its votes.
        suggested: By `face_id` the models' probabilities, a column per label; faces
            without a suggestion may be absent.
        needs: What `label_needs` returns.

    Returns:
        Floats from 0 to below 1, in the order of the faces and with their index.

    Example:
        Disgust is needed at 0.5. Nothing is known of the face: p is 1 / 7 for each label,
        and the priority 0.5 / 7 times 6 / 7. One vote for disgust makes its p 4 / 7 and
        the priority 0.5 times 4 / 7 times 3 / 7.

        >>> verdicts = [*Expression, *Flag]
        >>> faces = pd.DataFrame(0, index=[0, 1], columns=[str(v) for v in verdicts])
        >>> faces["face_id"], faces["verdict"] = [1, 2], None
        >>> faces["is_keeper"] = faces["is_good"] = True
        >>> faces.loc[1, "disgust"] = 1
        >>> needs = pd.Series(0.0, _LABELS)
        >>> needs["disgust"] = 0.5
        >>> found = priorities(faces, pd.DataFrame(columns=_LABELS), needs)
        >>> np.allclose(found, [0.5 / 7 * 6 / 7, 0.5 * 4 / 7 * 3 / 7])
        True
    """
    chances = _chances(faces, suggested)
    brings = chances @ needs.reindex(_LABELS, fill_value=0.0).to_numpy(dtype=np.float64)
    is_open = faces["verdict"].isna() & faces["is_keeper"] & faces["is_good"]
    worth = brings * (1 - chances.max(axis=1, initial=0.0))
    return pd.Series(np.where(is_open, worth, 0.0), faces.index, dtype="float64")


def _chances(faces: pd.DataFrame, suggested: pd.DataFrame) -> NDArray[np.float64]:
    """Return the probability of each label, (n, 7); rows fall short of 1 by the flags."""
    count = len(_LABELS)
    models = suggested[_LABELS].reindex(faces["face_id"]).to_numpy(dtype=np.float64)
    has_model = ~np.isnan(models).any(axis=1)
    votes = faces[_LABELS].to_numpy(dtype=np.float64)
    unsure = faces[[str(Flag.UNSURE)]].to_numpy(dtype=np.float64)
    flags = faces[_NO_LABEL].to_numpy(dtype=np.float64).sum(axis=1)
    for_label = (1 + unsure) / count + np.nan_to_num(models) + votes
    weight = 1 + unsure[:, 0] + has_model + votes.sum(axis=1) + flags
    chances: NDArray[np.float64] = for_label / weight[:, np.newaxis]
    return chances
