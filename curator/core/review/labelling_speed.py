"""How fast annotators label, and how they change over a sitting."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from curator.core.review.annotator_quality import agreement
from curator.core.review.proportions import Proportion, difference_interval

LONGEST_GAP_SECONDS = 30 * 60
"""A longer pause than this ends a sitting."""

FEWEST_IN_A_SITTING = 30
"""A shorter sitting has no beginning and end to speak of."""


@dataclass(frozen=True)
class Sessions:
    """The presses of one annotator, cut into sittings.

    Attributes:
        number: Of the sitting of each press, from 0.
        pause_seconds: From the press before it in its sitting; NaN for the first.
        part: Where in its sitting each press comes, from 0 up to but not reaching 1.
    """

    number: pd.Series
    pause_seconds: pd.Series
    part: pd.Series


def sessions(pressed_at: pd.Series) -> Sessions:
    """Cut presses into sittings, which end where nothing is pressed for over 30 minutes.

    The times are those of the browser's clock, which may be wrong: only the pauses between
    presses count, and where a clock was set meanwhile a new sitting begins.

    Args:
        pressed_at: Seconds since some moment, in the order of the clock; missing ones are
            left out.

    Returns:
        Values by the index of the presses that have a time.

    Example:
        >>> cut = sessions(pd.Series([0.0, 2.0, 5.0, 5000.0]))
        >>> cut.number.tolist(), cut.pause_seconds.fillna(-1).tolist()
        ([0, 0, 0, 1], [-1.0, 2.0, 3.0, -1.0])
    """
    at = pressed_at.dropna().sort_values(kind="stable")
    pause = at.diff()
    begins = pause.isna() | (pause > LONGEST_GAP_SECONDS)
    number = begins.cumsum() - 1
    place = number.groupby(number).cumcount()
    length = number.groupby(number).transform("size")
    return Sessions(number.astype("int64"), pause.mask(begins), place / length)


def pace_seconds(pauses: Sequence[float] | pd.Series) -> float | None:
    """Return the median pause between presses; None while there is none.

    Pauses of zero belong to pages that were confirmed at once and are left out.
    """
    known = pd.Series(pauses, dtype="float64").dropna()
    known = known[known > 0]
    return float(known.median()) if len(known) else None


@dataclass(frozen=True)
class Drift:
    """How an annotator changes over a sitting.

    Attributes:
        early: Agreement in the first third of sittings.
        late: Agreement in the last third.
        early_pace_seconds: Median pause in the first third; None while unknown.
        late_pace_seconds: Median pause in the last third.
    """

    early: Proportion
    late: Proportion
    early_pace_seconds: float | None
    late_pace_seconds: float | None

    @property
    def change_interval(self) -> tuple[float, float]:
        """The 95 % bounds of how far agreement is higher late than early."""
        return difference_interval(self.early, self.late)


def drift(presses: pd.DataFrame) -> Drift:
    """Compare the first third of an annotator's sittings with the last.

    Sittings of fewer than 30 presses are left out.

    Args:
        presses: `pressed_at` (seconds, may be missing), `verdict` (str) and `reference`
            (str, may be missing).
    """
    cut = sessions(presses["pressed_at"])
    lengths = cut.number.map(cut.number.value_counts())
    long = cut.part[lengths >= FEWEST_IN_A_SITTING]
    early, late = long.index[long < 1 / 3], long.index[long >= 2 / 3]
    verdicts, reference = presses["verdict"], presses["reference"]
    return Drift(
        early=agreement(verdicts[early], reference[early]),
        late=agreement(verdicts[late], reference[late]),
        early_pace_seconds=pace_seconds(cut.pause_seconds[early]),
        late_pace_seconds=pace_seconds(cut.pause_seconds[late]),
    )
