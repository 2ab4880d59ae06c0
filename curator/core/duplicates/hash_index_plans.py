"""Which bits near hashes must share, and which choice of them is the cheapest to look at."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.uint64]

HASH_BITS = 64
_ALL_BITS = 2**HASH_BITS - 1
# Measured with numpy 2.4 on a core of 2.8 GHz: what a combination costs however few the hashes,
# moving and sorting one hash for it, comparing two within a run of a key, and two of all.
_COMBINATION_NS, _SORT_NS, _COMPARE_NS, _COMPARE_ALL_NS = 500_000, 25.0, 3.0, 0.8
_MOST_COMBINATIONS = 5000
_MOST_SAMPLED = 8192
_COMBINATIONS_SAMPLED = 4
_MOVED_AT_ONCE = 8192  # fits in the first cache, with what it is moved to


@dataclass(frozen=True)
class Plan:
    """Hashes cut into blocks, of which near ones share some.

    Of b blocks, d bits that differ leave at least b - d equal. So two hashes within d bits
    agree in all bits of one combination of `shared` <= b - d blocks, and stand together when
    sorted by them (Manku, Jain and Das Sarma, "Detecting near-duplicates for web crawling",
    WWW 2007). With no blocks shared, all pairs are compared.

    Attributes:
        blocks: Number of blocks, 1 to 64.
        shared: Number of blocks in a combination, 0 to `blocks`.
    """

    blocks: int
    shared: int

    def __post_init__(self) -> None:
        if not 0 <= self.shared <= self.blocks or not 1 <= self.blocks <= HASH_BITS:
            raise ValueError(
                "`blocks` must be from 1 to 64 and `shared` from 0 to `blocks`. "
                f"Received: {self.blocks} and {self.shared}"
            )

    @property
    def combinations(self) -> list[tuple[int, ...]]:
        """All choices of shared blocks, in lexicographic order."""
        return list(combinations(range(self.blocks), self.shared))

    def finds_all(self, distance: int) -> bool:
        """Tell whether no pair within so many bits can be missed."""
        return self.shared == 0 or self.shared <= self.blocks - distance


ALL_PAIRS = Plan(blocks=1, shared=0)


@dataclass(frozen=True)
class Moves:
    """A permutation of bits, as what to mask and how far to shift it to the left.

    Attributes:
        steps: Pairs of a mask and a shift, which is negative to the right.
    """

    steps: tuple[tuple[int, int], ...]

    @classmethod
    def from_sources(cls, sources: list[int]) -> "Moves":
        """Tell the moves that bring bit `sources[i]` to bit i.

        Example:
            >>> Moves.from_sources([1, 0, *range(2, 64)]).steps[:2]
            ((2, -1), (1, 1))
        """
        masks: dict[int, int] = {}
        for target, source in enumerate(sources):
            shift = target - source
            masks[shift] = masks.get(shift, 0) | 1 << source
        return cls(tuple((mask, shift) for shift, mask in masks.items()))

    def __call__(self, values: Values) -> Values:
        """Move the bits of all values."""
        moved = np.zeros_like(values)
        for start in range(0, len(values), _MOVED_AT_ONCE):
            part = slice(start, start + _MOVED_AT_ONCE)
            for mask, shift in self.steps:
                moved[part] |= _shifted(values[part] & np.uint64(mask), shift)
        return moved


def _shifted(values: Values, shift: int) -> Values:
    if shift >= 0:
        return np.left_shift(values, np.uint64(shift), out=values)
    return np.right_shift(values, np.uint64(-shift), out=values)


@dataclass(frozen=True)
class IndexLayout:
    """The bits of each block, and where they stand when a combination is on top.

    Attributes:
        blocks: For each block its bits, 0 the lowest; together all 64.
    """

    blocks: tuple[tuple[int, ...], ...]

    @classmethod
    def dealt(cls, values: Values, blocks: int) -> "IndexLayout":
        """Deal the bits like cards, the most telling ones first.

        Bits that are nearly always set, or never, tell hashes apart badly. Of these each
        block gets its share, so that no combination of blocks is much worse than another.

        Args:
            values: (n,) the hashes, or a sample.
            blocks: Number of blocks.
        """
        bits = np.arange(HASH_BITS, dtype=np.uint64)
        times_set = np.array([np.sum(values >> bit & np.uint64(1)) for bit in bits], np.int64)
        order = np.argsort(np.abs(2 * times_set - len(values)), kind="stable").tolist()
        return cls(tuple(tuple(sorted(order[block::blocks])) for block in range(blocks)))

    def to_blocks(self) -> Moves:
        """Move the bits of each block together, the first block lowest."""
        return Moves.from_sources([bit for block in self.blocks for bit in block])

    def to_top(self, combination: tuple[int, ...]) -> Moves:
        """Move the blocks of a combination to the top, from where `to_blocks` brought them."""
        places = self._places()
        order = self._order(combination)
        return Moves.from_sources([bit for block in order for bit in places[block]])

    def back(self, combination: tuple[int, ...]) -> Moves:
        """Move all bits from where `to_blocks` and `to_top` brought them to where they were."""
        sources = [bit for block in self._order(combination) for bit in self.blocks[block]]
        return Moves.from_sources([sources.index(bit) for bit in range(HASH_BITS)])

    def masks_that_differ(self, combination: tuple[int, ...]) -> tuple[int, ...]:
        """Tell the bits, after `to_top`, of blocks that differ in what no earlier choice finds.

        A pair is found by each combination of its equal blocks. The first of these, in
        lexicographic order, is the one before whose last block no other block is equal.
        """
        order = self._order(combination)
        ends = np.cumsum([len(self.blocks[block]) for block in order]).tolist()
        return tuple(
            (1 << end) - (1 << end - len(self.blocks[block]))
            for block, end in zip(order, ends, strict=True)
            if block not in combination and block < max(combination)
        )

    def rest_mask(self, combination: tuple[int, ...]) -> np.uint64:
        """Tell the bits below a combination that was moved to the top."""
        return np.uint64(_ALL_BITS >> sum(len(self.blocks[block]) for block in combination))

    def _order(self, combination: tuple[int, ...]) -> list[int]:
        return [b for b in range(len(self.blocks)) if b not in combination] + list(combination)

    def _places(self) -> list[range]:
        ends = np.cumsum([len(block) for block in self.blocks]).tolist()
        return [range(end - len(b), end) for end, b in zip(ends, self.blocks, strict=True)]


def some_of(values: Values) -> Values:
    """Take a sample that is large enough to choose a plan by, the same every time."""
    if len(values) <= _MOST_SAMPLED:
        return values
    places = np.random.default_rng(0).integers(0, len(values), _MOST_SAMPLED)
    return values[np.unique(places)]


def cheapest_plan(sample: Values, hashes: int, pairs: int, distance: int) -> Plan:
    """Choose the plan whose sorting and comparing take the least time, all pairs included.

    How often two hashes share a key depends on the hashes: those of faces are less even than
    chance. So it is counted, on a sample.

    Args:
        sample: (s,) some of the hashes.
        hashes: How many hashes are sorted for each combination.
        pairs: How many pairs there are.
        distance: Most bits that may differ.
    """
    best, least_ns = ALL_PAIRS, pairs * _COMPARE_ALL_NS
    for plan in _plans(distance):
        combinations = comb(plan.blocks, plan.shared)
        sorting_ns = combinations * (_COMBINATION_NS + hashes * _SORT_NS)
        if sorting_ns < least_ns:
            compared = pairs * combinations * _key_chance(sample, plan)
            plan_ns = sorting_ns + compared * _COMPARE_NS
            best, least_ns = min((best, least_ns), (plan, plan_ns), key=lambda choice: choice[1])
    return best


def _plans(distance: int) -> Iterator[Plan]:
    for shared in range(1, HASH_BITS + 1 - distance):
        if comb(distance + shared, shared) > _MOST_COMBINATIONS:
            return
        yield Plan(distance + shared, shared)


def _key_chance(sample: Values, plan: Plan) -> float:
    """Estimate how likely two hashes share all bits of a combination of blocks."""
    layout = IndexLayout.dealt(sample, plan.blocks)
    based = layout.to_blocks()(sample)
    every = -(-comb(plan.blocks, plan.shared) // _COMBINATIONS_SAMPLED)
    chosen = plan.combinations[every // 2 :: every]
    shared = sum(_pairs_sharing(based, layout, combination) for combination in chosen)
    return shared / len(chosen) / max(1, comb(len(sample), 2))


def _pairs_sharing(based: Values, layout: IndexLayout, combination: tuple[int, ...]) -> int:
    keys = np.sort(layout.to_top(combination)(based)) & ~layout.rest_mask(combination)
    _, counts = np.unique(keys, return_counts=True)
    return int(np.sum(counts * (counts - 1) // 2))
