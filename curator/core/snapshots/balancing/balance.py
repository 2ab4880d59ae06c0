"""Which faces make the set, and why each other face does not."""

import numpy as np
import pandas as pd

from curator.core.snapshots.balancing.candidate_strata import LABEL_COUNT, Ints, places
from curator.core.snapshots.balancing.limits import NO_LIMITS, Limits
from curator.core.snapshots.balancing.selection_counts import selection_counts
from curator.core.snapshots.balancing.selection_problem import columns_for, selection_problem
from curator.core.snapshots.splits import drawn
from db.labels import Expression

Targets = dict[Expression, int]

PAPER_9K: Targets = {
    Expression.ANGRY: 1449,
    Expression.DISGUST: 1013,
    Expression.FEAR: 1304,
    Expression.HAPPY: 1617,
    Expression.NEUTRAL: 1449,
    Expression.SAD: 1482,
    Expression.SURPRISE: 1461,
}
"""The class counts of the paper; they add up to 9,775, not to its "9K"."""

CHOSEN = "chosen"
UNLABELLED = "not labelled yet"
UNSETTLED = "unsettled"
DUPLICATE = "duplicate"
CONFLICT = "its copies are labelled otherwise"
LOW_QUALITY = "below the recipe's quality"
LOW_AGREEMENT = "below the recipe's agreement"
NOT_NEEDED = "its label is full"
SUBJECT_FULL = "its subject has enough faces"
SOURCE_FULL = "its source has enough faces"

LEFT_OVER = (NOT_NEEDED, SUBJECT_FULL, SOURCE_FULL)
"""Outcomes of faces that could be chosen and are not."""


def balance(
    faces: pd.DataFrame, targets: Targets | None, seed: int, limits: Limits = NO_LIMITS
) -> pd.DataFrame:
    """Choose as many faces as targets and limits allow, and say why each other is left out.

    Only settled keepers of good quality and agreement can be chosen. Where there are more
    than can be taken, the seed draws; where there are fewer, all are taken. The order of
    the rows does not matter.

    Args:
        faces: One row per face: `face_id` (int), `crop_sha256` (str), `verdict` (str, a
            label or flag; missing when unsettled), `votes` (int), `is_keeper` (bool,
            true outside duplicate groups), `is_conflicting` (bool, its duplicate group is
            settled on different labels) and `is_good` (bool, not below the quality that
            is wanted); `agreement` (float, share of the votes for the label), `subject`
            and `found_subject` (str, missing or empty where not known) and `source` (str)
            where the limits are about them.
        targets: Faces wanted per label; None for as many of each as the shortest has.
        seed: Draws.
        limits: What the set keeps to besides.

    Returns:
        One row per face in the order given: `face_id` (int), `outcome` (str: `CHOSEN`,
        `UNLABELLED`, `UNSETTLED`, `CONFLICT`, `DUPLICATE`, `LOW_QUALITY`, `LOW_AGREEMENT`,
        one of `LEFT_OVER`, or the flag it carries). Of several reasons the first in this order.

    Raises:
        CuratorError: The shares of the sources are too tangled to solve for.
    """
    outcome = faces["verdict"].astype("object").copy()
    outcome[faces["verdict"].isna()] = UNSETTLED
    outcome[faces["verdict"].isna() & (faces["votes"] == 0)] = UNLABELLED
    is_settled = faces["verdict"].isin(list(Expression))
    outcome[is_settled & ~faces["is_keeper"]] = DUPLICATE
    outcome[is_settled & faces["is_conflicting"]] = CONFLICT
    outcome[is_usable(faces) & ~faces["is_good"]] = LOW_QUALITY
    is_good = is_usable(faces) & faces["is_good"]
    is_candidate = is_good & agrees(faces, limits)
    outcome[is_good & ~is_candidate] = LOW_AGREEMENT
    columns = ["face_id", "crop_sha256", "verdict", *columns_for(limits)]
    found = _outcomes(faces.loc[is_candidate, columns], targets, seed, limits)
    outcome[found.index] = found.to_numpy()
    return pd.DataFrame({"face_id": faces["face_id"], "outcome": outcome.astype("str")})


def is_usable(faces: pd.DataFrame) -> pd.Series:
    """Tell which faces can be chosen if they are good and agreed enough."""
    stands_alone: pd.Series = faces["is_keeper"] & ~faces["is_conflicting"]
    return faces["verdict"].isin(list(Expression)) & stands_alone


def agrees(faces: pd.DataFrame, limits: Limits) -> pd.Series:
    """Tell which faces have the agreement that the limits ask for."""
    if not limits.min_agreement:
        return pd.Series(data=True, index=faces.index)
    return faces["agreement"] >= limits.min_agreement


def even_targets(candidates: pd.DataFrame) -> Targets:
    """Set every target to what the label with the fewest candidates has."""
    counts = candidates["verdict"].value_counts()
    fewest = min(int(counts.get(label, 0)) for label in Expression)
    return dict.fromkeys(Expression, fewest)


def _outcomes(
    candidates: pd.DataFrame, targets: Targets | None, seed: int, limits: Limits
) -> pd.Series:
    looked_at = ["verdict", *columns_for(limits)]
    by_chance = candidates[looked_at].iloc[_draw(candidates, seed)]
    if limits.limit_counts and len(candidates):
        return _within(by_chance, targets, limits)
    wanted = even_targets(candidates) if targets is None else targets
    place = by_chance.groupby("verdict").cumcount()
    label = pd.Index(map(str, wanted)).get_indexer(pd.Index(by_chance["verdict"]))
    most = np.array([*wanted.values(), 0])[label]  # a label that is not wanted is at -1
    return pd.Series(np.where(place < most, CHOSEN, NOT_NEEDED), by_chance.index)


def _draw(candidates: pd.DataFrame, seed: int) -> Ints:
    """Sort places by what `drawn` gives for the crop, then by face."""
    keys = "".join([drawn(seed, sha256) for sha256 in candidates["crop_sha256"].tolist()])
    words = np.frombuffer(bytes.fromhex(keys), dtype=">u8").reshape(-1, 4)
    return np.lexsort((candidates["face_id"], *words.T[::-1]))


def _within(by_chance: pd.DataFrame, targets: Targets | None, limits: Limits) -> pd.Series:
    wish = selection_problem(by_chance, targets, limits)
    pools, pool = wish.pools, wish.drawn
    taken = selection_counts(wish)
    is_chosen = places(pool) < taken[pool]
    per_label = wish.per_label(pools.by_kind(taken))
    full = per_label >= (per_label if wish.targets is None else wish.targets)
    # A pool that no limit on subjects binds looks at the place behind the last subject.
    is_sated = np.append(pools.by_subject(taken) >= pools.most, [False])
    reasons = [is_chosen, full[pools.kind % LABEL_COUNT][pool], is_sated[pools.subject][pool]]
    return pd.Series(
        np.select(reasons, [CHOSEN, NOT_NEEDED, SUBJECT_FULL], SOURCE_FULL), by_chance.index
    )
