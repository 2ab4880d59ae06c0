"""The bootstrap over units: how far a figure would move with other faces of the same kind.

Faces of one unit are alike, so that drawing faces one by one would make intervals too
narrow: whole units are drawn, with replacement (Efron and Tibshirani 1993, ch. 8).
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from db.run_folder.estimate import Estimate

RESAMPLES: Final = 1000
FEWEST_UNITS: Final = 10
"""Fewer tell nothing of how others would do."""
MOST_DRAWS: Final = 2**21
"""In memory at a time."""
ENDS: Final = (0.025, 0.975)


def resampled_sums(
    values: NDArray[np.number] | NDArray[np.bool_],
    units: NDArray[Any],
    *,
    seed: int,
    times: int = RESAMPLES,
) -> NDArray[np.float64]:
    """Sum columns over all faces, and over those of units drawn again and again.

    The same units and seed draw the same, so that figures of several calls are paired.

    Args:
        values: One row a face, shape (n, k); n at least 1.
        units: The unit of each face, shape (n,).
        seed: Draws the units.
        times: How often.

    Returns:
        Shape (1 + times, k): the sums themselves, then those of each resample.
    """
    _, numbers = np.unique(units, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    of_units = np.add.reduceat(values[order].astype(np.float64), starts, axis=0)
    drawn = [counts @ of_units for counts in _drawn_counts(len(of_units), times, seed)]
    return np.vstack([of_units.sum(axis=0), *drawn])


def _drawn_counts(units: int, times: int, seed: int) -> Iterator[NDArray[np.float64]]:
    """Draw as many units as there are, again and again; say how often each was drawn."""
    chance = np.random.default_rng(seed)
    rows_at_once = max(1, MOST_DRAWS // units)
    for start in range(0, times, rows_at_once):
        rows = min(rows_at_once, times - start)
        draws = chance.integers(units, size=(rows, units))
        draws += np.arange(rows)[:, np.newaxis] * units
        counts = np.bincount(draws.ravel(), minlength=rows * units)
        yield counts.reshape(rows, units).astype(np.float64)


def share_estimate(shares: NDArray[np.float64], *, faces: int, units: int) -> Estimate:
    """Estimate a share from itself and its resamples.

    Args:
        shares: In the order of `resampled_sums`.
        faces: How many it rests on.
        units: How many units these are of.
    """
    interval = share_interval(shares, units) if units >= FEWEST_UNITS else None
    return Estimate(float(shares[0]), interval, faces)


def share_interval(shares: NDArray[np.float64], units: int) -> tuple[float, float]:
    """Find the 95 % interval of a share from itself and its resamples.

    Where all faces or none are right, every resample says the same; then it is the exact
    interval of so many units (Clopper and Pearson 1934).

    Example:
        >>> low, high = share_interval(np.ones(1001), units=36)
        >>> round(low, 4), high
        (0.9026, 1.0)
    """
    end = ENDS[0] ** (1 / units)
    if shares[0] == 1:
        return float(end), 1.0
    return (0.0, float(1 - end)) if shares[0] == 0 else interval_of(shares)


def interval_of(figures: NDArray[np.float64]) -> tuple[float, float]:
    """Find the 95 % interval of a figure from itself and its resamples."""
    low, high = np.quantile(figures[1:], ENDS)
    return float(low), float(high)


def estimate_of(figures: NDArray[np.float64], *, faces: int, units: int) -> Estimate:
    """Estimate a figure that is no share, as `share_estimate` does one that is.

    Where every resample says the same, they do not tell how far it would move.
    """
    says_something = units >= FEWEST_UNITS and np.ptp(figures) > 0
    interval = interval_of(figures) if says_something else None
    return Estimate(float(figures[0]), interval, faces)
