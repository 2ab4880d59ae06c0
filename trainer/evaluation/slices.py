"""Parts of the test split that one wants to know the accuracy on."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.run_folder.figures import SliceKind
from db.snapshot_folder.manifest import FINAL_WORD

AGREEMENT: Final = (
    ("below 60 %", 0.0, 0.6),
    ("60 % to below 80 %", 0.6, 0.8),
    ("80 % to below 100 %", 0.8, 1.0),
    ("100 %", 1.0, np.inf),
)
"""Names and bounds of how many of a face's votes are for its label."""
QUALITIES: Final = {SliceKind.SIZE: ("size_px", " px"), SliceKind.SHARPNESS: ("sharpness", "")}


@dataclass(frozen=True, eq=False)
class Part:
    """Some of n faces.

    Attributes:
        kind: What they are divided by.
        name: Which these are, in words.
        holds: Whether a face is one of them, shape (n,).
    """

    kind: SliceKind
    name: str
    holds: NDArray[np.bool_]


def parts_of(rows: pd.DataFrame) -> list[Part]:
    """Divide faces by agreement, by source and by quality; parts without a face are left out.

    Args:
        rows: One row a face with the manifest's columns.
    """
    parts = [*_by_agreement(rows), *_by_source(rows)]
    for kind, (column, measure) in QUALITIES.items():
        parts += _in_thirds(kind, rows[column].to_numpy(dtype=np.float64), measure)
    return [part for part in parts if part.holds.any()]


def _by_agreement(rows: pd.DataFrame) -> Iterator[Part]:
    """Divide by the share of the votes; a final word is none of these."""
    is_final = (rows["settled_by"] == FINAL_WORD).to_numpy()
    is_voted = (rows["votes"] > 0).to_numpy() & ~is_final
    share = rows["share"].to_numpy(dtype=np.float64)
    for name, low, high in AGREEMENT:
        # A third of three votes is stored as what comes next to it.
        holds = is_voted & (share >= low - 1e-9) & (share < high - 1e-9)
        yield Part(SliceKind.AGREEMENT, name, holds)
    yield Part(SliceKind.AGREEMENT, FINAL_WORD, is_final)


def _by_source(rows: pd.DataFrame) -> Iterator[Part]:
    for source in sorted(set(rows["source"])):
        yield Part(SliceKind.SOURCE, source, (rows["source"] == source).to_numpy())


def _in_thirds(kind: SliceKind, values: NDArray[np.float64], measure: str) -> Iterator[Part]:
    """Divide into thirds as far as values differ; faces that were not measured are left out."""
    known = values[np.isfinite(values)]
    if not len(known) or known.min() == known.max():
        return
    ends = np.unique(np.quantile(known, [1 / 3, 2 / 3]))
    numbers = np.where(np.isfinite(values), np.searchsorted(ends, values), -1)
    names = [f"up to {ends[0]:.3g}{measure}"]
    names += [f"{low:.3g} to {high:.3g}{measure}" for low, high in pairwise(ends)]
    names.append(f"above {ends[-1]:.3g}{measure}")
    for number, name in enumerate(names):
        yield Part(kind, name, numbers == number)
