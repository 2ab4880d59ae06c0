"""What is asked of the faces that could be chosen: targets, limits, an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from curator.core.faces.quality_bounds import Bounds
from curator.core.snapshots.balancing.candidate_strata import (
    FREE,
    LABEL_COUNT,
    CandidateStrata,
    Ceilings,
    Ints,
    candidate_strata,
    ceilings,
)
from curator.core.snapshots.balancing.integer_programme import Columns, Floats, IntegerProgramme
from curator.core.snapshots.balancing.limits import Limits
from db.labels import Expression

MOST_POOLS = 4_000
"""Pools up to which the limit on subjects is laid out pool by pool where ceilings do not do."""


@dataclass(frozen=True)
class SelectionProblem:
    """What is asked of the pools.

    Attributes:
        pools: What there is.
        drawn: (n,) the pool of each candidate in the order in which they are drawn.
        targets: (7,) faces wanted per label; None for as many of each as the shortest has.
        shares: By source the part that it may make of the chosen faces.
        known: What the limit on subjects is known to let in.
    """

    pools: CandidateStrata
    drawn: Ints
    targets: Ints | None
    shares: Sequence[Bounds]
    known: Ceilings

    @property
    def by_label(self) -> Floats:
        """(7, kinds), which sums counts of kinds by label."""
        return np.tile(np.eye(LABEL_COUNT), self.pools.sources)

    @property
    def supply(self) -> Ints:
        """(kinds,) how many candidates there are of each."""
        return self.pools.by_kind(self.pools.size)

    @property
    def wanted(self) -> Ints:
        """(7,) the targets of a wish that has some."""
        if self.targets is None:
            raise ValueError("A wish for as many of each label has no targets. Received: None")
        return self.targets

    def per_label(self, counts: Ints) -> Ints:
        """Sum counts of kinds by label; (7,)."""
        by_source = counts.reshape(-1, LABEL_COUNT)
        return np.asarray(by_source.sum(axis=0), np.int64)

    def programme(self) -> tuple[IntegerProgramme, Columns]:
        """Lay out what holds of every choice; return it with the columns of the kinds."""
        programme = IntegerProgramme()
        kinds = programme.variables(self.supply, whole=True)
        programme.bound((kinds, self.known.kinds), high=self.known.most)
        of_source = np.kron(np.eye(self.pools.sources), np.ones(LABEL_COUNT))
        low = np.array([[bounds.low] for bounds in self.shares])
        high = np.array([[bounds.high] for bounds in self.shares])
        programme.bound((kinds, (of_source - low)[low[:, 0] > 0]), low=0)
        programme.bound((kinds, (of_source - high)[high[:, 0] < 1]), high=0)
        if self.lays_flow:
            self._lay_flow(programme, kinds)
        return programme, kinds

    @property
    def lays_flow(self) -> bool:
        """Whether the programme itself says what can be had, pool by pool."""
        return not self.known.are_complete and len(self.pools.kind) <= MOST_POOLS

    def _lay_flow(self, programme: IntegerProgramme, kinds: Columns) -> None:
        """Take the faces of each kind from pools, and hold each crowded subject to its limit."""
        pools, is_crowded = self.pools, self.pools.subject != FREE
        # They need not be whole: where the kinds are, whole ones can be had as well.
        taken = programme.variables(pools.size[is_crowded])
        one = np.ones(len(taken))
        of_kind = coo_array(
            (-one, (pools.kind[is_crowded], np.arange(len(taken)))), (pools.kinds, len(taken))
        ).tocsr()
        of_subject = coo_array(
            (one, (pools.subject[is_crowded], np.arange(len(taken)))), (pools.subjects, len(taken))
        ).tocsr()
        programme.bound((kinds, np.eye(pools.kinds)), (taken, of_kind), high=pools.free)
        programme.bound((taken, of_subject), high=pools.most)


def columns_for(limits: Limits) -> list[str]:
    """Name what limits on faces together look at besides the verdict."""
    subject = ["subject", "found_subject"] if limits.max_per_subject is not None else []
    return [*subject, *(["source"] if limits.source_shares else [])]


def selection_problem(
    candidates: pd.DataFrame, targets: Mapping[Expression, int] | None, limits: Limits
) -> SelectionProblem:
    """Lay out what is asked of candidates.

    Args:
        candidates: `verdict` and `columns_for` the limits, in the order in which the faces
            are drawn.
        targets: Faces wanted per label; None for as many of each as the shortest has.
        limits: What the set keeps to besides.
    """
    named = sorted(limits.source_shares)
    pools, pool = candidate_strata(
        pd.Index(map(str, Expression))
        .get_indexer(pd.Index(candidates["verdict"]))
        .astype(np.int64),
        _source(candidates, named),
        _subject(candidates, limits),
        sources=len(named) + 1,
        most=limits.max_per_subject,
    )
    return SelectionProblem(
        pools=pools,
        drawn=pool,
        targets=None if targets is None else np.array([targets.get(e, 0) for e in Expression]),
        shares=[Bounds(0, 1), *(limits.source_shares[name] for name in named)],
        known=ceilings(pools),
    )


def _source(candidates: pd.DataFrame, named: Sequence[str]) -> Ints:
    """Give the named sources numbers from 1, all others 0."""
    if not named:
        return np.zeros(len(candidates), dtype=np.int64)
    return pd.Index(named).get_indexer(pd.Index(candidates["source"])).astype(np.int64) + 1


def _subject(candidates: pd.DataFrame, limits: Limits) -> Ints:
    """Give persons numbers, as sources name them or as found by likeness; unknown ones `FREE`.

    A found person who has a name in some source is that person.
    """
    columns = ("subject", "found_subject") if limits.max_per_subject else ()
    known = [pd.factorize(candidates[name].replace("", None)) for name in columns]
    if not any(len(names) for _, names in known):
        return np.full(len(candidates), FREE)
    (told, names), (found, found_names) = known
    nodes, is_tied = len(names) + len(found_names), (told >= 0) & (found >= 0)
    ends = (told[is_tied], len(names) + found[is_tied])
    ties = coo_array((np.ones(is_tied.sum()), ends), shape=(nodes, nodes))
    _, person = connected_components(ties, directed=False)
    number = person[np.where(told >= 0, told, len(names) + found)]
    return np.where((told < 0) & (found < 0), FREE, number).astype(np.int64)
