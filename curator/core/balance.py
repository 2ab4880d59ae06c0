"""Which faces make the set, and why each other face does not."""

import pandas as pd

from curator.core.splits import drawn
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
LOW_QUALITY = "below the recipe's quality"
NOT_NEEDED = "its label is full"


def balance(faces: pd.DataFrame, targets: Targets | None, seed: int) -> pd.DataFrame:
    """Choose faces up to a target per label, and say why each other is left out.

    Only settled keepers of good quality can be chosen. Where there are more than the
    target, the seed draws; where there are fewer, all are taken. The order of the rows
    does not matter.

    Args:
        faces: One row per face: `face_id` (int), `crop_sha256` (str), `verdict` (str, a
            label or flag; missing when unsettled), `votes` (int), `is_keeper` (bool,
            true outside duplicate groups) and `is_good` (bool, not below the quality that
            is wanted).
        targets: Faces wanted per label; None for as many of each as the shortest has.

    Returns:
        One row per face in the order given: `face_id` (int), `outcome` (str: `CHOSEN`,
        `UNLABELLED`, `UNSETTLED`, `DUPLICATE`, `LOW_QUALITY`, `NOT_NEEDED`, or the flag it
        carries).
    """
    outcome = faces["verdict"].astype("object").copy()
    outcome[faces["verdict"].isna()] = UNSETTLED
    outcome[faces["verdict"].isna() & (faces["votes"] == 0)] = UNLABELLED
    usable = faces["verdict"].isin(list(Expression))
    outcome[usable & ~faces["is_keeper"]] = DUPLICATE
    outcome[usable & faces["is_keeper"] & ~faces["is_good"]] = LOW_QUALITY
    candidates = faces[usable & faces["is_keeper"] & faces["is_good"]]
    wanted = even_targets(candidates) if targets is None else targets
    outcome[candidates.index] = NOT_NEEDED
    outcome[_first_of_each(candidates, wanted, seed)] = CHOSEN
    return pd.DataFrame({"face_id": faces["face_id"], "outcome": outcome.astype("str")})


def even_targets(candidates: pd.DataFrame) -> Targets:
    """Set every target to what the label with the fewest candidates has."""
    counts = candidates["verdict"].value_counts()
    fewest = min(int(counts.get(label, 0)) for label in Expression)
    return dict.fromkeys(Expression, fewest)


def _first_of_each(candidates: pd.DataFrame, targets: Targets, seed: int) -> pd.Index:
    key = [drawn(seed, sha256) for sha256 in candidates["crop_sha256"]]
    by_chance = candidates.assign(key=key).sort_values(["key", "face_id"])
    place = by_chance.groupby("verdict").cumcount()
    wanted = by_chance["verdict"].map(targets).astype("float64").fillna(0)
    return by_chance.index[place < wanted]


def shortages(faces: pd.DataFrame, outcomes: pd.DataFrame, targets: Targets | None) -> pd.DataFrame:
    """Say for each label what is wanted, what there is, and what labelling could add.

    Args:
        faces: As for `balance`, with `leading` (str, the most frequent verdict; missing
            without votes).
        outcomes: What `balance` returned for them.

    Returns:
        One row per label in their order: `label`, `wanted`, `chosen`, `short` (int, wanted
        but not there), `spare` (int, left over) and `unsettled` (int, unsettled faces that
        lean to this label).
    """
    outcome = outcomes["outcome"]
    chosen = faces["verdict"][outcome == CHOSEN].value_counts()
    spare = faces["verdict"][outcome == NOT_NEEDED].value_counts()
    leaning = faces["leading"][outcome == UNSETTLED].value_counts()
    rows = []
    for label in Expression:
        count = int(chosen.get(label, 0))
        wanted = count if targets is None else targets.get(label, 0)
        row = {"label": str(label), "wanted": wanted, "chosen": count, "short": wanted - count}
        row |= {"spare": int(spare.get(label, 0)), "unsettled": int(leaning.get(label, 0))}
        rows.append(row)
    return pd.DataFrame(rows)
