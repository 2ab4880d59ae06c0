"""What each label lacks, and what labelling could add."""

import pandas as pd

from curator.core.snapshots.balancing.balance import CHOSEN, LEFT_OVER, UNSETTLED, Targets
from curator.core.snapshots.balancing.limits import Limits
from db.labels import Expression

_SETTLED = (CHOSEN, *LEFT_OVER)


def shortages(faces: pd.DataFrame, outcomes: pd.DataFrame, targets: Targets | None) -> pd.DataFrame:
    """Say for each label what is wanted, what there is, and what labelling could add.

    Args:
        faces: As for `balance`, with `leading` (str, the most frequent verdict; missing
            without votes).
        outcomes: What `balance` returned for them.
        targets: The same as there.

    Returns:
        One row per label in their order: `label`, `wanted`, `settled` (int, faces that
        could be chosen), `chosen`, `short` (int, wanted but not chosen), `spare` (int,
        settled but not chosen) and `unsettled` (int, unsettled faces that lean to this
        label and could be chosen if they were settled so).
    """
    outcome = outcomes["outcome"]
    could_be = (outcome == UNSETTLED) & faces["is_keeper"] & faces["is_good"]
    settled = _counts(faces["verdict"][outcome.isin(_SETTLED)])
    chosen = _counts(faces["verdict"][outcome == CHOSEN])
    wanted = (
        chosen if targets is None else pd.Series(targets).reindex(list(Expression), fill_value=0)
    )
    return pd.DataFrame(
        {
            "label": [str(label) for label in Expression],
            "wanted": wanted.to_numpy(),
            "settled": settled.to_numpy(),
            "chosen": chosen.to_numpy(),
            "short": (wanted - chosen).to_numpy(),
            "spare": (settled - chosen).to_numpy(),
            "unsettled": _counts(faces["leading"][could_be]).to_numpy(),
        }
    )


def _counts(labels: pd.Series) -> pd.Series:
    return labels.value_counts().reindex(list(Expression), fill_value=0).astype("int64")


def in_words(shortages: pd.DataFrame, targets: Targets | None) -> list[str]:
    """Say in a sentence a label which ones are short, and what to label first.

    Without targets it is the label with the fewest faces that holds all others down.

    Example:
        >>> row = {"label": "disgust", "wanted": 1013, "settled": 547, "chosen": 547}
        >>> table = pd.DataFrame([row | {"short": 466, "spare": 0, "unsettled": 212}])
        >>> in_words(table, {Expression.DISGUST: 1013})  # doctest: +NORMALIZE_WHITESPACE
        ['disgust: wanted 1,013, there are 547 settled of good quality; 212 more are
        unsettled: label these first']
    """
    if targets is None:
        return [_shortest_in_words(shortages.iloc[int(shortages["settled"].argmin())])]
    return [_short_in_words(row) for _, row in shortages[shortages["short"] > 0].iterrows()]


def _short_in_words(row: pd.Series) -> str:
    there = "is" if row["settled"] == 1 else "are"
    held = f", of which the limits let in {row['chosen']:,}" * (row["spare"] > 0)
    return (
        f"{row['label']}: wanted {row['wanted']:,}, there {there} {row['settled']:,} settled of "
        f"good quality{held}; {_unsettled_in_words(row['unsettled'])}"
    )


def _shortest_in_words(row: pd.Series) -> str:
    return (
        f"{row['label']} has the fewest settled faces of good quality, {row['settled']:,}, and "
        f"holds every label at {row['chosen']:,}; {_unsettled_in_words(row['unsettled'])}"
    )


def _unsettled_in_words(unsettled: int) -> str:
    if not unsettled:
        return "no unsettled face leans to it: label new ones, or import more"
    if unsettled == 1:
        return "1 more is unsettled: label it first"
    return f"{unsettled:,} more are unsettled: label these first"


def shares_in_words(faces: pd.DataFrame, outcomes: pd.DataFrame, limits: Limits) -> str | None:
    """Say why no set has the shares of sources that are wanted, where none has.

    Args:
        faces: With `source`.
        outcomes: What `balance` returned for them.
        limits: The same as there.
    """
    there = faces["source"][outcomes["outcome"].isin(_SETTLED)].unique()
    if not limits.source_shares or not len(there) or (outcomes["outcome"] == CHOSEN).any():
        return None
    for source, bounds in limits.source_shares.items():
        if bounds.low > 0 and source not in there:
            return (
                f"{source} is to make at least {bounds.low:.0%} of the set and has no face that "
                "can be chosen. Drop this share, or settle faces of that source."
            )
    most = sum(
        limits.source_shares[name].high if name in limits.source_shares else 1 for name in there
    )
    if most < 1:
        return (
            f"The sources that have faces may make {most:.0%} of the set together, not all of it. "
            "Raise their largest shares, or settle faces of other sources."
        )
    return "No set has the shares of sources that are wanted. Loosen or drop one of them."
