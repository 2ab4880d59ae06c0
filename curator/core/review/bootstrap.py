"""How far a figure would move with other faces of the same kind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from curator.core.consensus.vote_matrix import Codes, Shares

RESAMPLES = 1000
FEWEST_FACES = 10


@dataclass(frozen=True)
class Interval:
    """Between which two values the middle 95 % of the resampled figures lie."""

    low: float
    high: float


@dataclass(frozen=True)
class Figure:
    """One figure, how sure it is, and what it rests on.

    Attributes:
        value: None where it is undefined, such as a kappa where all annotators said the
            same of all faces: there is no chance to compare with.
        interval: The 95 % bootstrap interval over faces; None with fewer than ten faces.
        faces: Faces that it rests on.
        annotations: Annotations of these.
        pairs: Pairs of annotations of one face.
    """

    value: float | None
    interval: Interval | None
    faces: int
    annotations: int
    pairs: int


def resampled(frequencies: Codes, seed: int, times: int = RESAMPLES) -> Shares:
    """Draw as many things as there are, with replacement, again and again.

    Things that are alike need no telling apart: how often each kind is drawn follows a
    multinomial distribution, so that kinds are drawn and not things. That is the
    nonparametric bootstrap itself (Efron and Tibshirani 1993), only quicker.

    Args:
        frequencies: (u,), how many things there are of each kind; at least one in all.

    Returns:
        (1 + times, u): the frequencies themselves, then those of each resample.
    """
    drawn = np.random.default_rng(seed).multinomial(
        frequencies.sum(), frequencies / frequencies.sum(), size=times
    )
    return np.vstack([frequencies, drawn]).astype(np.float64)


def value_of(estimates: NDArray[np.float64]) -> float | None:
    """Return the figure itself of estimates in the order of `resampled`."""
    return float(estimates[0]) if len(estimates) and np.isfinite(estimates[0]) else None


def interval_of(estimates: NDArray[np.float64], faces: int) -> Interval | None:
    """Return the interval of estimates in the order of `resampled`.

    Resamples in which the figure is undefined are left out; where most are, there is no
    interval.
    """
    defined = estimates[1:][np.isfinite(estimates[1:])]
    if faces < FEWEST_FACES or value_of(estimates) is None or len(defined) * 2 < len(estimates):
        return None
    low, high = np.quantile(defined, [0.025, 0.975])
    return Interval(float(low), float(high))
