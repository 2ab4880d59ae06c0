"""Units that cannot be torn, and splits that are made of whole units."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from curator.core.subjects.clustering import spelled_alike
from db.labels import SPLITS


@dataclass(frozen=True)
class SplitShares:
    """How large each split is meant to be.

    Attributes:
        train: Share of the faces, above 0.
        validation: The same.
        test: The same; the three add up to 1.
    """

    train: float = 0.7
    validation: float = 0.15
    test: float = 0.15

    def __post_init__(self) -> None:
        shares = self.as_tuple()
        if min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
            raise ValueError(
                f"The shares of {', '.join(SPLITS)} must be above 0 and add up to 1. "
                f"Received: {shares}"
            )

    def as_tuple(self) -> tuple[float, float, float]:
        """Return the shares in the order of `SPLITS`."""
        return (self.train, self.validation, self.test)


TIES = ("keeper_id", "subject", "found_subject", "sequence")
"""Columns whose equal values hold faces together: their duplicate group, the person as a
source names them, however it is spelled, the person as found by likeness, the video."""


def units(faces: pd.DataFrame, pairs: pd.DataFrame | None = None) -> pd.Series:
    """Name the unit of each face: all that is tied to it, whatever ties it.

    Ties chain: a face that shares a subject with one and a duplicate group with another
    holds all three together.

    Args:
        faces: `face_id` (int) and `TIES` (missing or empty where nothing is known).
        pairs: Faces that show the same picture without being in one group: `first_id` and
            `second_id` (int). Pairs with a face that is not in `faces` tie nothing.

    Returns:
        One str per row of `faces`: `u` and the smallest face id of the unit.
    """
    places = np.arange(len(faces))
    names = faces["subject"].map(spelled_alike, na_action="ignore")
    tied = faces.assign(subject=names)
    ends = [_place_of_first(tied[tie].replace("", None), places) for tie in TIES]
    starts = [places] * len(TIES)
    if pairs is not None:
        index = pd.Index(faces["face_id"])
        found = [index.get_indexer(pairs[name]) for name in ("first_id", "second_id")]
        is_known = (found[0] >= 0) & (found[1] >= 0)
        starts.append(found[0][is_known])
        ends.append(found[1][is_known])
    start, end = np.concatenate(starts), np.concatenate(ends)
    ties = coo_array((np.ones(len(start)), (start, end)), shape=(len(faces), len(faces)))
    _, unit = connected_components(ties, directed=False)
    smallest = faces["face_id"].groupby(unit).transform("min")
    return "u" + smallest.astype("int64").astype("str")


def _place_of_first(keys: pd.Series, places: np.ndarray) -> np.ndarray:
    first = pd.Series(places, index=keys.index).groupby(keys).transform("min")
    return first.fillna(pd.Series(places, index=keys.index)).to_numpy(dtype="int64")


def assign_splits(faces: pd.DataFrame, shares: SplitShares, seed: int) -> pd.Series:
    """Deal whole units to train, validation and test, label by label near their shares.

    The largest units are dealt first, each to the split that lacks most of its labels;
    units of one size come in an order drawn from the seed. The order of the rows does not
    matter.

    Args:
        faces: `unit` (str) and `label` (str).

    Returns:
        One of `SPLITS` per row.
    """
    if faces.empty:
        return pd.Series([], dtype="str", index=faces.index)
    counts = pd.crosstab(faces["unit"], faces["label"])
    lacking = np.outer(shares.as_tuple(), counts.sum(axis="index"))
    wanted = np.maximum(lacking, 1e-9)
    split_of: dict[str, str] = {}
    of_unit = {str(unit): row for unit, row in zip(counts.index, counts.to_numpy(), strict=True)}
    for unit in sorted(of_unit, key=lambda unit: (-of_unit[unit].sum(), drawn(seed, unit))):
        best = int(np.argmax((lacking / wanted) @ of_unit[unit]))
        lacking[best] -= of_unit[unit]
        split_of[unit] = SPLITS[best]
    return faces["unit"].map(split_of).astype("str")


def drawn(seed: int, name: str) -> str:
    """Draw a sort key for a name: random over names, the same for equal seed and name."""
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()
