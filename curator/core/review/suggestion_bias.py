"""How far suggestions draw annotators: what they say with one in sight, and without."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from curator.core.review.proportions import Proportion, difference_interval
from db.labels import Expression

BIAS_COLUMNS = (
    "annotator_id", "label", "shown", "hidden", "said_shown", "said_hidden",
    "bias", "low", "high",
)  # fmt: skip


@dataclass(frozen=True)
class Stratum:
    """What one annotator said of faces that were suggested to show one label.

    Attributes:
        shown: The share that said the suggestion with it in sight.
        hidden: The share that said it without.
    """

    shown: Proportion
    hidden: Proportion

    @property
    def difference(self) -> float:
        """The bias: the first share less the second."""
        return self.shown.value - self.hidden.value

    @property
    def weight(self) -> float:
        """How much it says: 0 where a side has no annotation."""
        both = self.shown.cases + self.hidden.cases
        return self.shown.cases * self.hidden.cases / both if both else 0.0


def suggestion_bias(annotations: pd.DataFrame) -> pd.DataFrame:
    """Compare how often annotators say what is suggested when they see it and when not.

    The bias is the share that says the suggested label where it stood on the screen less
    the share that says it where it was hidden by chance: 0.10 means that of 100 faces 10
    got the label because it was suggested. Rows over several labels or annotators average
    their differences, each weighed by its faces, so that an annotator who verified many
    happy faces and labelled few of them blind does not look drawn for that.

    Args:
        annotations: One row per annotation of a face that has a suggestion: `annotator_id`
            (int), `suggested` (str, a label), `verdict` (str, a label or flag) and
            `was_shown` (bool; false only for faces that chance has hidden).

    Returns:
        The columns of `BIAS_COLUMNS`: a row over all annotators, one for each annotator,
        and one for each annotator and label; `annotator_id` or `label` is missing where a
        row is over all of them. `shown` and `hidden` count annotations, `said_…` are the
        shares that said the suggestion, `low` and `high` the ends of the 95 % interval of
        `bias`; missing where a side has no annotation.

    Example:
        Shown, 3 of 4 say it; hidden, 1 of 4.

        >>> rows = pd.DataFrame({
        ...     "annotator_id": 1, "suggested": "fear",
        ...     "verdict": ["fear", "fear", "fear", "sad", "fear", "sad", "sad", "sad"],
        ...     "was_shown": [True] * 4 + [False] * 4})
        >>> suggestion_bias(rows).iloc[0]["bias"]
        np.float64(0.5)
    """
    strata = _strata(annotations)
    rows = [_row(None, None, strata["stratum"].tolist())]
    for annotator_id, own in strata.groupby("annotator_id"):
        rows.append(_row(annotator_id, None, own["stratum"].tolist()))
        of_label = own.set_index("suggested")["stratum"]
        rows += [
            _row(annotator_id, label, [of_label[label]])
            for label in Expression
            if label in of_label
        ]
    table = pd.DataFrame(rows, columns=list(BIAS_COLUMNS))
    numbers = dict.fromkeys(BIAS_COLUMNS[4:], "float64")
    return table.astype({"annotator_id": "Int64", "label": "str", **numbers})


def _strata(annotations: pd.DataFrame) -> pd.DataFrame:
    said = annotations["verdict"] == annotations["suggested"]
    counted = annotations[["annotator_id", "suggested"]].assign(
        said_shown=said & annotations["was_shown"],
        shown=annotations["was_shown"],
        said_hidden=said & ~annotations["was_shown"],
        hidden=~annotations["was_shown"],
    )
    sums = counted.groupby(["annotator_id", "suggested"], as_index=False).sum()
    sides = sums[["said_shown", "shown", "said_hidden", "hidden"]].to_numpy(dtype="int64")
    strata = [Stratum(Proportion(a, b), Proportion(c, d)) for a, b, c, d in sides.tolist()]
    return sums[["annotator_id", "suggested"]].assign(stratum=pd.Series(strata, dtype="object"))


def _row(annotator_id: object, label: object, strata: Sequence[Stratum]) -> tuple[object, ...]:
    shown, hidden = _together(s.shown for s in strata), _together(s.hidden for s in strata)
    found = mean_difference(strata)
    bias, (low, high) = found or (None, (None, None))
    said = (shown.value, hidden.value)
    return annotator_id, label, shown.cases, hidden.cases, *said, bias, low, high


def _together(shares: Iterable[Proportion]) -> Proportion:
    counted = [(share.hits, share.cases) for share in shares]
    return Proportion(sum(hits for hits, _ in counted), sum(cases for _, cases in counted))


def mean_difference(strata: Sequence[Stratum]) -> tuple[float, tuple[float, float]] | None:
    """Average the differences of several strata, and find the average's 95 % interval.

    The weights are those of Mantel and Haenszel, so that a stratum counts by what it says
    and one that has only one side not at all. The interval is made of those of the strata
    (MOVER: Zou, Huang and Zhang 2009), which holds for few annotations too.

    Returns:
        The difference, and the low and high end; None where no stratum has both sides.

    Example:
        In the first stratum 3 of 4 against 1 of 4, in the second 2 of 2 against 2 of 2,
        and a third with one side only. The weights are 2 and 1.

        >>> strata = [Stratum(Proportion(3, 4), Proportion(1, 4)),
        ...     Stratum(Proportion(2, 2), Proportion(2, 2)),
        ...     Stratum(Proportion(5, 9), Proportion(0, 0))]
        >>> difference, _ = mean_difference(strata)
        >>> difference == (2 * 0.5 + 1 * 0.0) / 3
        True
    """
    usable = [stratum for stratum in strata if stratum.weight]
    if not usable:
        return None
    total = sum(stratum.weight for stratum in usable)
    mean = down = up = 0.0
    for stratum in usable:
        weight, difference = stratum.weight / total, stratum.difference
        low, high = difference_interval(stratum.hidden, stratum.shown)
        mean += weight * difference
        down = math.hypot(down, weight * (difference - low))
        up = math.hypot(up, weight * (high - difference))
    return mean, (mean - down, mean + up)
