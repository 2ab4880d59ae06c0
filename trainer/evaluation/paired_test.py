"""Whether two cells differ by more than chance, on the same test faces."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.run_folder.estimate import Estimate
from trainer.evaluation.bootstrap import estimate_of, resampled_sums
from trainer.evaluation.predictions import TestPredictions

TIMES: Final = 10_000
"""More than an interval needs: the least p is 1 / (1 + times), and with 50 comparisons it must
still come out below .05."""


def differences(
    first: TestPredictions, others: Sequence[TestPredictions], *, seed: int, times: int = TIMES
) -> list[tuple[Estimate, float]]:
    """Compare the accuracy of a cell with that of others on the faces they share.

    p is how often resamples stray from the difference at least as far as it is from nothing
    (bootstrap over units, Efron and Tibshirani 1993, ch. 16).

    Args:
        first: The cell that all are compared with.
        others: The others; each shares at least one face with it.
        seed: Draws the units.
        times: How often.

    Returns:
        One for each other: accuracy of the first less its own, and p.
    """
    if not others:
        return []
    columns = [_paired(first, other) for other in others]
    shared = [np.isfinite(column) for column in columns]
    values = np.column_stack([np.nan_to_num(np.column_stack(columns)), np.column_stack(shared)])
    sums = resampled_sums(values, first.units, seed=seed, times=times)
    over, faces = sums[:, : len(others)], sums[:, len(others) :]
    means = over / np.maximum(faces, 1)
    units = [first.unit_count(is_shared) for is_shared in shared]
    return [
        (estimate_of(mean, faces=round(count), units=unit_count), two_sided_p(mean))
        for mean, count, unit_count in zip(means.T, faces[0], units, strict=True)
    ]


def _paired(first: TestPredictions, other: TestPredictions) -> NDArray[np.float64]:
    """Say how much righter the first is of each of its faces; missing where one stands alone."""
    right = pd.Series(other.is_right.astype(np.float64), index=other.face_ids)
    return first.is_right - right.reindex(first.face_ids).to_numpy()


def two_sided_p(figures: NDArray[np.float64]) -> float:
    """Say how often resamples stray as far from a figure as it is from 0.

    Args:
        figures: The figure, then its resamples.
    """
    strayed = np.abs(figures[1:] - figures[0]) >= np.abs(figures[0]) - 1e-12
    return float((1 + strayed.sum()) / len(figures))


def adjusted(ps: Sequence[float]) -> list[float]:
    """Raise p values for how many there are (Holm 1979), in their order.

    Example:
        >>> adjusted([0.01, 0.5, 0.02])
        [0.03, 0.5, 0.04]
    """
    order = np.argsort(ps, kind="stable")
    raised = np.array(ps)[order] * np.arange(len(ps), 0, -1)
    in_order = np.empty(len(ps))
    in_order[order] = np.minimum(np.maximum.accumulate(raised), 1)
    return [float(p) for p in in_order]
