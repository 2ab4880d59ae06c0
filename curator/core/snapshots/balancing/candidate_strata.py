"""Candidates counted by what limits tell apart, and how many of them can go together."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.labels import Expression

LABEL_COUNT = len(Expression)
FREE = -1
"""In place of the subject: no limit on subjects can bind the faces of this pool."""

_ROWS_AT_ONCE = 16_384

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class CandidateStrata:
    """Candidates that no limit tells apart, counted together.

    A *kind* is a label of a source: `source * 7 + label`. A pool holds the faces of one
    kind that show one crowded subject, which is one with more candidates than may be
    chosen; those of all other subjects, and of unknown ones, make one pool a kind.

    Attributes:
        kind: (p,) the kind of each pool.
        subject: (p,) the number of its subject from 0, or `FREE`.
        size: (p,) how many candidates it has.
        sources: How many sources are told apart.
        subjects: How many subjects are crowded.
        most: How many faces of a crowded subject may be chosen.
    """

    kind: Ints
    subject: Ints
    size: Ints
    sources: int
    subjects: int
    most: int

    @property
    def kinds(self) -> int:
        """How many kinds there are, empty ones among them."""
        return self.sources * LABEL_COUNT

    @property
    def free(self) -> Ints:
        """(kinds,) how many candidates of each kind no subject limits."""
        return self.by_kind(np.where(self.subject == FREE, self.size, 0))

    def by_kind(self, counts: Ints) -> Ints:
        """Sum counts of pools by kind; (kinds,)."""
        return _sums(self.kind, counts, self.kinds)

    def by_subject(self, counts: Ints) -> Ints:
        """Sum counts of pools by crowded subject; (subjects,)."""
        crowded = self.subject != FREE
        return _sums(self.subject[crowded], counts[crowded], self.subjects)

    def room(self, kinds: Bools) -> int:
        """Say how many faces of these kinds together the limit on subjects lets in."""
        by_subject = self.by_subject(np.where(kinds[self.kind], self.size, 0))
        return int(self.free[kinds].sum() + np.minimum(by_subject, self.most).sum())


def candidate_strata(
    label: Ints, source: Ints, subject: Ints, *, sources: int, most: int | None
) -> tuple[CandidateStrata, Ints]:
    """Count candidates by pool.

    Args:
        label: (n,) places in `Expression`.
        source: (n,) numbers from 0, below `sources`.
        subject: (n,) numbers from 0; `FREE` for unknown ones.
        sources: How many sources are told apart.
        most: Most faces of a subject; None for any number.

    Returns:
        The pools in the order of subject and kind, and (n,) the pool of each candidate.
    """
    crowd, subjects = _crowds(subject, len(label) if most is None else most)
    kinds = sources * LABEL_COUNT
    keys = (crowd + 1) * kinds + source * LABEL_COUNT + label
    found, pool_of, size = np.unique(keys, return_inverse=True, return_counts=True)
    pools = CandidateStrata(
        kind=found % kinds,
        subject=found // kinds - 1,
        size=size.astype(np.int64),
        sources=sources,
        subjects=subjects,
        most=len(label) if most is None else most,
    )
    return pools, pool_of.astype(np.int64)


def _crowds(subject: Ints, most: int) -> tuple[Ints, int]:
    """Give numbers to the subjects that have more than `most` faces; all others are `FREE`."""
    counts = np.bincount(subject[subject != FREE], minlength=1)
    crowded = np.flatnonzero(counts > most)
    number = np.full(len(counts), FREE, dtype=np.int64)
    number[crowded] = np.arange(len(crowded))
    return np.where(subject == FREE, FREE, number[subject]), len(crowded)


def places(pool: Ints) -> Ints:
    """Count for each candidate those of its pool before it; (n,)."""
    return np.asarray(pd.Series(pool).groupby(pool).cumcount(), np.int64)


def _sums(places: Ints, sizes: Ints, count: int) -> Ints:
    return np.bincount(places, weights=sizes, minlength=count).astype(np.int64)


@dataclass(frozen=True)
class Ceilings:
    """The most faces that some sets of kinds can give together, as far as subjects limit them.

    Counts of kinds that keep below the ceiling of *every* set of kinds can be had, since
    they are a flow from kinds to subjects (min-cut; Ford and Fulkerson 1956). No more than
    the sets within a source are needed where no crowded subject stands in two sources.

    Attributes:
        kinds: (r, kinds) bool, the set of each row.
        most: (r,) faces.
        are_complete: Whether counts within these can always be had.
    """

    kinds: Bools
    most: Ints
    are_complete: bool

    def with_set(self, kinds: Bools, most: int) -> "Ceilings":
        """Add the ceiling of one more set."""
        return Ceilings(
            np.vstack([self.kinds, kinds]), np.append(self.most, most), self.are_complete
        )


def ceilings(pools: CandidateStrata) -> Ceilings:
    """Reckon the ceiling of every set of labels within each source, and over all sources."""
    stands_in = np.unique(
        np.stack([pools.subject, pools.kind // LABEL_COUNT])[:, pools.subject != FREE], axis=1
    )
    spans = bool((np.bincount(stands_in[0], minlength=1) > 1).any())
    blocks = list(_blocks(pools, with_all=spans))
    kinds = np.vstack([block[0] for block in blocks])
    most = np.concatenate([block[1] for block in blocks])
    return Ceilings(kinds, most, are_complete=not spans)


_LABEL_SETS: Bools = np.array(list(product([False, True], repeat=LABEL_COUNT))[1:])


def _blocks(pools: CandidateStrata, *, with_all: bool) -> Iterator[tuple[Bools, Ints]]:
    free = pools.free.reshape(pools.sources, LABEL_COUNT)
    for source in range(pools.sources):
        kinds = np.zeros((len(_LABEL_SETS), pools.sources, LABEL_COUNT), dtype=np.bool_)
        kinds[:, source] = _LABEL_SETS
        most = _room_of_label_sets(pools, pools.kind // LABEL_COUNT == source)
        yield kinds.reshape(len(kinds), -1), most + _LABEL_SETS @ free[source]
    if with_all:
        most = _room_of_label_sets(pools, np.ones(len(pools.kind), dtype=np.bool_))
        yield np.tile(_LABEL_SETS, (1, pools.sources)), most + _LABEL_SETS @ free.sum(axis=0)


def _room_of_label_sets(pools: CandidateStrata, is_meant: Bools) -> Ints:
    """Add up over the crowded subjects the least of what each has and may give, per set."""
    chosen = is_meant & (pools.subject != FREE)
    subjects, row = np.unique(pools.subject[chosen], return_inverse=True)
    places = row * LABEL_COUNT + pools.kind[chosen] % LABEL_COUNT
    has = _sums(places, pools.size[chosen], len(subjects) * LABEL_COUNT).reshape(-1, LABEL_COUNT)
    sets = _LABEL_SETS.T.astype(np.float32)
    most = np.zeros(len(_LABEL_SETS), dtype=np.int64)
    for start in range(0, len(has), _ROWS_AT_ONCE):
        # What exceeds the limit counts no more than the limit, so that float32 stays exact.
        few = np.minimum(has[start : start + _ROWS_AT_ONCE], pools.most).astype(np.float32)
        most += np.minimum(few @ sets, pools.most).sum(axis=0, dtype=np.float64).astype(np.int64)
    return most
