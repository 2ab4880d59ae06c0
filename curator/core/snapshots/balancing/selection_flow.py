"""Faces taken in the order in which they are drawn until each kind has what it should."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from curator.core.snapshots.balancing.candidate_strata import (
    FREE,
    Bools,
    CandidateStrata,
    Ints,
    places,
)


@dataclass(frozen=True)
class SelectionFlow:
    """How many faces each pool gives.

    Attributes:
        taken: (pools,) faces.
        clash: (kinds,) a set of kinds from which more is wanted than can be had; None when
            every kind has got what it should.
    """

    taken: Ints
    clash: Bools | None


def selection_flow(pools: CandidateStrata, start: Ints, wanted: Ints) -> SelectionFlow:
    """Give each kind what it should have, beginning with some faces that can go together.

    What is too much is left; for what is missing, faces are exchanged along augmenting
    paths (maximum flow, so that it is exact).

    Args:
        pools: What there is.
        start: (pools,) faces, no subject above its limit.
        wanted: (kinds,) faces, none above what its kind has.
    """
    taken = _cut_down(pools, start, wanted)
    missing = wanted - pools.by_kind(taken)
    if not missing.any():
        return SelectionFlow(taken, None)
    return _exchanged(pools, taken, missing)


def _cut_down(pools: CandidateStrata, start: Ints, wanted: Ints) -> Ints:
    if (pools.by_kind(start) <= wanted).all():
        return start
    order = np.argsort(pools.kind, kind="stable")
    kind, taken = pools.kind[order], start[order]
    before = np.cumsum(taken) - taken
    before -= before[np.searchsorted(kind, kind)]
    cut = np.empty_like(start)
    cut[order] = np.clip(wanted[kind] - before, 0, taken)
    return cut


def as_drawn(pools: CandidateStrata, drawn: Ints, wanted: Ints) -> Ints:
    """Take faces as they are drawn, passing over those whose kind or subject is full.

    Args:
        pools: What there is.
        drawn: (n,) the pool of each candidate in the order in which they are drawn.
        wanted: (kinds,) most faces of each kind, or (7,) of each label.

    Returns:
        (pools,) faces.
    """
    # Plain lists: one look at each candidate is faster so than through arrays.
    kinds, subjects = (pools.kind % len(wanted)).tolist(), pools.subject.tolist()
    room, left = wanted.tolist(), [pools.most] * pools.subjects
    taken, missing = [0] * len(kinds), int(wanted.sum())
    for pool in _within_reach(pools, drawn, wanted).tolist():
        if not missing:
            break
        kind, subject = kinds[pool], subjects[pool]
        if not room[kind] or (subject != FREE and not left[subject]):
            continue
        if subject != FREE:
            left[subject] -= 1
        room[kind] -= 1
        missing -= 1
        taken[pool] += 1
    return np.array(taken, dtype=np.int64)


def _within_reach(pools: CandidateStrata, drawn: Ints, wanted: Ints) -> Ints:
    """Leave out those before which their own pool has given all that it may."""
    most = np.where(pools.subject == FREE, pools.size, pools.most)
    most = np.minimum(most, wanted[pools.kind % len(wanted)])
    return drawn[places(drawn) < most[drawn]]


def _exchanged(pools: CandidateStrata, taken: Ints, missing: Ints) -> SelectionFlow:
    graph = _residual(pools, taken, missing)
    sink = graph.shape[0] - 1
    found = maximum_flow(graph, 0, sink)
    crowded = pools.subject != FREE
    kinds, subjects = 1 + pools.kind, 1 + pools.kinds + pools.subject
    ends = np.where(crowded, subjects, sink)
    gained = found.flow[kinds, ends]
    clash = None if found.flow_value == missing.sum() else _reached(graph, found.flow, pools)
    return SelectionFlow(taken + gained, clash)


def _residual(pools: CandidateStrata, taken: Ints, missing: Ints) -> csr_array:
    """Lay out what could still flow: source 0, the kinds, the subjects, the sink last."""
    sink = 1 + pools.kinds + pools.subjects
    crowded = pools.subject != FREE
    kind, subject = 1 + pools.kind, 1 + pools.kinds + pools.subject
    left = pools.most - pools.by_subject(taken)
    more = pools.size - taken
    free = ~crowded
    edges = [
        (np.zeros(pools.kinds, np.int64), 1 + np.arange(pools.kinds), missing),
        (kind[crowded], subject[crowded], more[crowded]),
        (subject[crowded], kind[crowded], taken[crowded]),
        (1 + pools.kinds + np.arange(pools.subjects), np.full(pools.subjects, sink), left),
        (kind[free], np.full(free.sum(), sink), more[free]),
    ]
    starts, ends, capacities = (np.concatenate(part) for part in zip(*edges, strict=True))
    shape = (sink + 1, sink + 1)
    return coo_array((capacities.astype(np.int32), (starts, ends)), shape=shape).tocsr()


def _reached(graph: csr_array, flow: csr_array, pools: CandidateStrata) -> Bools:
    """Find the kinds on the near side of a least cut: together they want too much."""
    still = csr_array(graph - flow)
    still.data = np.maximum(still.data, 0)
    still.eliminate_zeros()
    nodes = breadth_first_order(still, 0, return_predecessors=False)
    reached = np.zeros(graph.shape[0], dtype=np.bool_)
    reached[nodes] = True
    return reached[1 : 1 + pools.kinds]
