"""A mixed integer programme that is laid out block by block."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from curator.errors import CuratorError

MOST_NODES = 20_000
"""Branches after which the search is given up."""

Columns = NDArray[np.int64]
Floats = NDArray[np.float64]
Term = tuple[Columns, NDArray[Any] | csr_array]
"""Variables, and what one of each counts: (variables,), or (rows, variables)."""


@dataclass(frozen=True)
class _Rows:
    terms: Sequence[Term]
    low: Floats
    high: Floats


@dataclass
class IntegerProgramme:
    """Variables from 0 up and linear bounds on them, solved by HiGHS.

    HiGHS is deterministic: equal programmes have equal solutions (Huangfu and Hall 2018,
    "Parallelizing the dual revised simplex method").
    """

    _upper: list[float] = field(default_factory=list)
    _is_whole: list[bool] = field(default_factory=list)
    _rows: list[_Rows] = field(default_factory=list)

    def variables(self, upper: ArrayLike, *, whole: bool = False) -> Columns:
        """Add variables with these upper ends; return their columns."""
        ends = np.atleast_1d(np.asarray(upper, dtype=np.float64)).tolist()
        first = len(self._upper)
        self._upper += ends
        self._is_whole += [whole] * len(ends)
        return np.arange(first, len(self._upper))

    def bound(self, *terms: Term, low: ArrayLike = -np.inf, high: ArrayLike = np.inf) -> None:
        """Hold the sum of some terms between two ends, row by row."""
        rows = _matrix(terms[0][1]).shape[0]
        if rows:
            ends = (np.broadcast_to(np.asarray(end, np.float64), rows) for end in (low, high))
            self._rows.append(_Rows(terms, *ends))

    def largest(self, *terms: Term, gap: float = 0.0) -> Floats:
        """Find the values at which the sum of some terms is largest.

        Args:
            terms: Variables, and what one of each is worth.
            gap: How far the sum may stay below the best, as a part of it.

        Raises:
            CuratorError: No values keep to the bounds, or the search was given up.
        """
        cost = np.zeros(len(self._upper))
        for columns, worth in terms:
            cost[columns] -= worth
        found = milp(
            cost,
            integrality=np.array(self._is_whole, dtype=np.int64),
            bounds=Bounds(0, np.array(self._upper)),
            constraints=[self._constraint(rows) for rows in self._rows],
            options={"mip_rel_gap": gap, "node_limit": MOST_NODES},
        )
        if not found.success:
            raise CuratorError(
                "No set was found that keeps to every limit of the recipe. Loosen or drop the "
                f"share of a source. Received: {found.message}"
            )
        values: Floats = found.x
        return values

    def _constraint(self, rows: _Rows) -> LinearConstraint:
        """Lay the terms out over all variables."""
        parts = [(columns, coo_array(_matrix(worth))) for columns, worth in rows.terms]
        row = np.concatenate([part.coords[0] for _, part in parts])
        column = np.concatenate([columns[part.coords[1]] for columns, part in parts])
        worth = np.concatenate([part.data for _, part in parts]).astype(np.float64)
        shape = (len(rows.low), len(self._upper))
        return LinearConstraint(coo_array((worth, (row, column)), shape), rows.low, rows.high)


def _matrix(worth: NDArray[Any] | csr_array) -> csr_array:
    return worth if isinstance(worth, csr_array) else csr_array(np.atleast_2d(worth))
