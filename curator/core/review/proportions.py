"""Shares of cases with their intervals."""

from dataclasses import dataclass
from math import sqrt

Z_95 = 1.959963984540054
"""How many standard errors a 95 % interval reaches to either side."""

FEWEST_TO_JUDGE = 20
"""Below this many cases a share is shown but says little."""


@dataclass(frozen=True)
class Proportion:
    """A share of cases, with the 95 % interval of Wilson (1927) for what it would come to.

    Attributes:
        hits: Cases that count for it, at most `cases`.
        cases: All cases.
    """

    hits: int
    cases: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.cases:
            raise ValueError(
                f"`hits` must be from 0 to `cases`. Received: {self.hits} of {self.cases}"
            )

    @property
    def value(self) -> float:
        """The share; NaN without cases."""
        return self.hits / self.cases if self.cases else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Its lower and upper bound; 0 and 1 without cases.

        Example:
            >>> low, high = Proportion(9, 10).interval
            >>> round(low, 3), round(high, 3)
            (0.596, 0.982)
        """
        if not self.cases:
            return 0.0, 1.0
        n, p = self.cases, self.hits / self.cases
        middle = (p + Z_95**2 / (2 * n)) / (1 + Z_95**2 / n)
        half = Z_95 * sqrt(p * (1 - p) / n + Z_95**2 / (4 * n**2)) / (1 + Z_95**2 / n)
        return max(middle - half, 0.0), min(middle + half, 1.0)

    @property
    def says_much(self) -> bool:
        """Whether there are cases enough to judge by."""
        return self.cases >= FEWEST_TO_JUDGE


def difference_interval(before: Proportion, after: Proportion) -> tuple[float, float]:
    """Bound how far a share has changed, at 95 %, by Newcombe's hybrid of Wilson intervals.

    Newcombe 1998, "Interval estimation for the difference between independent
    proportions", method 10.

    Returns:
        The bounds of `after` less `before`; -1 and 1 where either has no cases.

    Example:
        >>> low, high = difference_interval(Proportion(48, 80), Proportion(56, 70))
        >>> round(low, 4), round(high, 4)
        (0.0524, 0.3339)
    """
    if not before.cases or not after.cases:
        return -1.0, 1.0
    change = after.value - before.value
    (low_b, high_b), (low_a, high_a) = before.interval, after.interval
    low = change - sqrt((after.value - low_a) ** 2 + (high_b - before.value) ** 2)
    high = change + sqrt((high_a - after.value) ** 2 + (before.value - low_b) ** 2)
    return low, high
