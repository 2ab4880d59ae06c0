"""Hashes that differ by few bits, found without comparing all pairs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from curator.core.duplicates.hash_filter import HashFilter, Hits, Places, Spans, hits_in_spans
from curator.core.duplicates.hash_index_plans import (
    HASH_BITS,
    IndexLayout,
    Moves,
    Plan,
    Values,
    cheapest_plan,
    some_of,
)

Hashes = npt.NDArray[np.int64]
# A pair in one number, so that pairs sort several times faster than two columns do.
Codes = npt.NDArray[np.int64]

_COMPARED_IN_A_PART = 50_000_000
_COUNTED_AT_ONCE = 1_000_000
_MANY_FOUND = 0.1  # of the hashes


@dataclass(frozen=True)
class HashPairs:
    """Hashes that differ by few bits, by their places; sorted by `first`, then `second`.

    Attributes:
        first: (p,) int64, places in the hashes given.
        second: (p,) int64, places in the others, or larger ones in the same hashes.
        distance: (p,) uint8, how many bits differ, 0 to 64.
    """

    first: Places
    second: Places
    distance: npt.NDArray[np.uint8]


def near_hashes(
    hashes: Hashes,
    others: Hashes | None = None,
    *,
    distance: int,
    plan: Plan | None = None,
    threads: int = 2,
) -> HashPairs:
    """Find all pairs of hashes that differ by few bits.

    The result is that of comparing all pairs. Memory grows with the hashes and with the pairs
    found, never with the pairs compared.

    Args:
        hashes: (n,) int64, 64 bits each.
        others: (m,) int64, to pair with `hashes`. Without them, pairs are within `hashes`,
            each once, `first` < `second`.
        distance: Most bits that may differ, 0 to 64.
        plan: Which bits a pair must share; without it, the cheapest is chosen.
        threads: How many work at a time.

    Raises:
        ValueError: If there is no such distance, the plan would miss pairs, or these are no hashes.

    Example:
        >>> near = near_hashes(np.array([0, 255, 1]), distance=1)
        >>> near.first.tolist(), near.second.tolist(), near.distance.tolist()
        ([0], [2], [1])
    """
    second_side = hashes if others is None else others
    _check(hashes, second_side, distance, plan)
    left = _Distinct.of(hashes)
    right = left if others is None else _Distinct.of(others)
    found = _Search.of(left, right, distance, plan).codes(threads)
    return _sorted_pairs(found, hashes, second_side)


def _check(hashes: Hashes, others: Hashes, distance: int, plan: Plan | None) -> None:
    for array in (hashes, others):
        if array.dtype != np.int64 or array.ndim != 1:
            raise ValueError(
                "Hashes must be a one-dimensional array of int64. "
                f"Received: {array.ndim} dimensions of {array.dtype}"
            )
    if not 0 <= distance <= HASH_BITS:
        raise ValueError(f"`distance` must be from 0 to 64 bits. Received: {distance}")
    if plan is not None and not plan.finds_all(distance):
        raise ValueError(
            f"`plan` must share at most {max(0, plan.blocks - distance)} of {plan.blocks} blocks, "
            f"to miss no pair within {distance} bits. Received: {plan.shared}"
        )


@dataclass(frozen=True)
class _Distinct:
    """Hashes, each once.

    Attributes:
        values: (u,) each hash once, rising.
        order: (n,) the places of all hashes, by value.
        bounds: (u + 1,) where in `order` the places of each value begin; last, n.
    """

    values: Values
    order: Places
    bounds: Places

    @classmethod
    def of(cls, hashes: Hashes) -> "_Distinct":
        order = np.argsort(hashes.view(np.uint64))
        ordered = hashes.view(np.uint64)[order]
        is_first = np.append(np.True_, ordered[1:] != ordered[:-1])[: len(hashes)]
        begins = np.flatnonzero(is_first)
        return cls(ordered[begins], order, np.append(begins, len(hashes)))

    def __len__(self) -> int:
        return len(self.values)

    def spans(self, values: Places) -> Spans:
        """Span the places in `order` of some values."""
        return Spans(self.bounds[values], self.bounds[values + 1])


@dataclass(frozen=True)
class _Search:
    """What is looked for, and how.

    Attributes:
        left: The hashes.
        right: Those to pair them with; the same object where pairs are within `left`.
        distance: Most bits that may differ.
        plan: Which bits a pair must share.
        layout: Where these bits are.
    """

    left: _Distinct
    right: _Distinct
    distance: int
    plan: Plan
    layout: IndexLayout

    @classmethod
    def of(cls, left: _Distinct, right: _Distinct, distance: int, plan: Plan | None) -> "_Search":
        sides = [left] if left is right else [left, right]
        sample = some_of(np.concatenate([side.values for side in sides]))
        if plan is None:
            pairs = len(left) * len(right) // (2 if left is right else 1)
            plan = cheapest_plan(sample, sum(len(side) for side in sides), pairs, distance)
        return cls(left, right, distance, plan, IndexLayout.dealt(sample, plan.blocks))

    @property
    def is_within(self) -> bool:
        return self.left is self.right

    def codes(self, threads: int) -> Codes:
        """Find the pairs of places, each once."""
        jobs = self._jobs() if len(self.left) and len(self.right) else []
        with ThreadPoolExecutor(threads) as executor:
            found = list(executor.map(lambda job: self._codes_of(*job()), jobs))
        equal = [self._equal_within()] if self.is_within else []
        return np.concatenate([np.empty(0, np.int64), *found, *equal])

    def _jobs(self) -> list[Callable[[], Hits]]:
        if not self.plan.shared:
            fewer, more = sorted((self.left, self.right), key=len)  # long rows are the quickest
            rows = max(1, _COMPARED_IN_A_PART // len(more))
            starts = range(0, len(fewer), rows)
            parts = (slice(start, start + rows) for start in starts)
            return [partial(self._among_all, fewer, more, part) for part in parts]
        to_blocks = self.layout.to_blocks()
        left = to_blocks(self.left.values)
        right = left if self.is_within else to_blocks(self.right.values)
        return [partial(self._sharing, left, right, each) for each in self.plan.combinations]

    def _among_all(self, fewer: _Distinct, more: _Distinct, rows: slice) -> Hits:
        places = np.arange(len(fewer))[rows]
        starts = places + 1 if self.is_within else np.zeros_like(places)
        spans = Spans(starts, np.full_like(places, len(more)))
        sieve = HashFilter(self.distance)
        row, second = hits_in_spans(fewer.values[rows], more.values, spans, sieve)
        first = row + rows.start
        return (first, second) if fewer is self.left else (second, first)

    def _sharing(self, left: Values, right: Values, combination: tuple[int, ...]) -> Hits:
        """Find the pairs that share these blocks, and no combination before them."""
        to_top, rest = self.layout.to_top(combination), self.layout.rest_mask(combination)
        left = to_top(left)
        right = left if self.is_within else to_top(right)
        values = np.sort(left)
        others = values if self.is_within else np.sort(right)
        spans = Spans.within(values, rest) if self.is_within else Spans.across(values, others, rest)
        sieve = HashFilter(self.distance, self.layout.masks_that_differ(combination))
        first, second = hits_in_spans(values, others, spans, sieve)
        back = self.layout.back(combination)
        return (
            _unsorted(first, values, left, self.left.values, back),
            _unsorted(second, others, right, self.right.values, back),
        )

    def _codes_of(self, first: Places, second: Places) -> Codes:
        """Tell the pairs of places from those of their values."""
        places, pair = self.left.spans(first).spread()
        others, at = self.right.spans(second[pair]).spread()
        return self._coded(self.left.order[places[at]], self.right.order[others])

    def _equal_within(self) -> Codes:
        ends = np.repeat(self.left.bounds[1:], np.diff(self.left.bounds))
        others, at = Spans(np.arange(1, len(ends) + 1), ends).spread()
        return self._coded(self.left.order[at], self.left.order[others])

    def _coded(self, first: Places, second: Places) -> Codes:
        if self.is_within:
            first, second = np.minimum(first, second), np.maximum(first, second)
        return first * len(self.right.order) + second


def _unsorted(
    places: Places, ordered: Values, moved: Values, values: Values, back: Moves
) -> Places:
    """Tell where values stood before their bits were moved and they were sorted.

    Values alone sort several times faster than with their places, so the places of what was
    found are only looked up now; unless so much was found that sorting once more is quicker.
    """
    if len(places) > _MANY_FOUND * len(values):
        return np.argsort(moved)[places]
    return np.searchsorted(values, back(ordered[places]))


def _sorted_pairs(codes: Codes, hashes: Hashes, others: Hashes) -> HashPairs:
    codes.sort()
    first, second = np.divmod(codes, max(1, len(others)))
    distance = np.empty(len(codes), np.uint8)
    for start in range(0, len(codes), _COUNTED_AT_ONCE):
        part = slice(start, start + _COUNTED_AT_ONCE)
        differing = hashes[first[part]] ^ others[second[part]]
        np.bitwise_count(differing.view(np.uint64), out=distance[part])
    return HashPairs(first, second, distance)
