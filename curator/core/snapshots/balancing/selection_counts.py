"""How many faces of each pool make the largest set that targets and limits allow.

What the limit on subjects lets in is a flow from kinds to subjects, so that ceilings on the
counts of kinds say all of it; what remains is an integer programme over these few counts.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from curator.core.snapshots.balancing.candidate_strata import LABEL_COUNT, Ints
from curator.core.snapshots.balancing.integer_programme import (
    Columns,
    Floats,
    IntegerProgramme,
    Term,
)
from curator.core.snapshots.balancing.selection_flow import as_drawn, selection_flow
from curator.core.snapshots.balancing.selection_problem import SelectionProblem
from curator.errors import CuratorError

MOST_TRIES = 200
"""Ceilings that are sought before the search is given up; the most measured was 22."""

_PARTS = 10
_ROUNDING = 1e-6
_LESS_THAN_ONE = 0.999
_NEAR_ENOUGH = 1e-3


@dataclass(frozen=True)
class _Aim:
    """A programme and what in it is to be large.

    Attributes:
        programme: The bounds.
        kinds: The columns that hold the counts of kinds.
        worth: What is to be large; empty where the bounds say all.
        gap: By which part of it less will do.
    """

    programme: IntegerProgramme
    kinds: Columns
    worth: tuple[Term, ...] = ()
    gap: float = 0.0


_Lay = Callable[[SelectionProblem], _Aim]


def selection_counts(wish: SelectionProblem) -> Ints:
    """Say how many faces each pool gives; (pools,).

    As many faces as possible are chosen, and this is exact. Where labels stay short, they
    are then as level as can be, reckoned in twentieths of their targets. Where it is open from
    which sources they come, it is then as near as can be to what the draw alone gives.

    Raises:
        CuratorError: The search was given up.
    """
    wish, per_label = _filled(wish)
    start = as_drawn(wish.pools, wish.drawn, per_label)
    counts = _had(wish, partial(_exactly, per_label=per_label), start)[1]
    return selection_flow(wish.pools, as_drawn(wish.pools, wish.drawn, counts), counts).taken


def counts_per_label(wish: SelectionProblem) -> Ints:
    """Say how many faces of each label `selection_counts` chooses; (7,)."""
    return _filled(wish)[1]


def scaled_targets(wish: SelectionProblem) -> Ints:
    """Scale the targets by the largest factor up to 1 at which none stays short.

    Returns:
        (7,) each target times the factor, rounded up.
    """
    return wish.per_label(_solved(wish, _start(wish), _scaled)[1])


def _filled(wish: SelectionProblem) -> tuple[SelectionProblem, Ints]:
    """Find how many faces each label gets, and what was learned of the ceilings meanwhile."""
    lay = _even if wish.targets is None else _fullest
    wish, counts = _solved(wish, _start(wish), lay)
    return wish, wish.per_label(counts)


def _start(wish: SelectionProblem) -> Ints | None:
    """Draw up to the targets without shares, where it must be tried what can be had."""
    if wish.known.are_complete or wish.lays_flow:
        return None
    shortest = np.full(LABEL_COUNT, wish.per_label(wish.supply).min())
    room = shortest if wish.targets is None else wish.targets
    return as_drawn(wish.pools, wish.drawn, room)


def _solved(wish: SelectionProblem, start: Ints | None, lay: _Lay) -> tuple[SelectionProblem, Ints]:
    if start is not None:
        return _had(wish, lay, start)
    aim = lay(wish)
    return wish, _whole(aim, aim.programme.largest(*aim.worth, gap=aim.gap))


def _had(wish: SelectionProblem, lay: _Lay, start: Ints) -> tuple[SelectionProblem, Ints]:
    """Solve until what is found can be had; each try that cannot adds the ceiling it broke.

    Of equally good counts those near to a draw without shares are taken: they mix sources
    within labels as chance does, and can nearly always be had.

    Args:
        wish: With the ceilings known so far.
        lay: Lays out what is wanted under these.
        start: (pools,) the draw without shares.

    Returns:
        The wish with the ceilings that were learned, and counts by kind.
    """
    drawn = wish.pools.by_kind(start)
    for _ in range(MOST_TRIES):
        counts = _near(lay(wish), drawn, wish.supply)
        filling = selection_flow(wish.pools, start, counts)
        if filling.clash is None:
            return wish, counts
        ceiling = wish.pools.room(filling.clash)
        wish = replace(wish, known=wish.known.with_set(filling.clash, ceiling))
        start = filling.taken  # which is nearer to the next counts
    raise CuratorError(
        "No set was found that keeps to the limits on subjects and sources together. "
        f"Loosen or drop one of them. Received: {MOST_TRIES} tries"
    )


def _even(wish: SelectionProblem) -> _Aim:
    programme, kinds = wish.programme()
    each = programme.variables(np.inf)
    programme.bound((kinds, wish.by_label), (each, -np.ones((LABEL_COUNT, 1))), low=0, high=0)
    return _Aim(programme, kinds, ((each, np.ones(1)),))


def _fullest(wish: SelectionProblem) -> _Aim:
    """Hold to the most faces that there can be, and ask for labels that are level."""
    programme, kinds = wish.programme()
    programme.bound((kinds, wish.by_label), high=wish.wanted)
    every = np.ones(len(kinds))
    largest = programme.largest((kinds, every))[kinds]
    programme.bound((kinds, every), low=np.rint(largest.sum()))
    parts = _parts(programme, wish.wanted, 2 * _PARTS)
    filled = ((part, -np.eye(LABEL_COUNT)) for part in parts)
    programme.bound((kinds, wish.by_label), *filled, low=0, high=0)
    worth = ((part, np.full(LABEL_COUNT, len(parts) - place)) for place, part in enumerate(parts))
    return _Aim(programme, kinds, tuple(worth), _NEAR_ENOUGH)


def _scaled(wish: SelectionProblem) -> _Aim:
    programme, kinds = wish.programme()
    factor = programme.variables(1.0)
    scaled = (factor, -wish.wanted.reshape(LABEL_COUNT, 1))
    programme.bound((kinds, wish.by_label), scaled, low=0, high=_LESS_THAN_ONE)
    return _Aim(programme, kinds, ((factor, np.ones(1)),))


def _exactly(wish: SelectionProblem, per_label: Ints) -> _Aim:
    programme, kinds = wish.programme()
    programme.bound((kinds, wish.by_label), low=per_label, high=per_label)
    return _Aim(programme, kinds)


def _near(aim: _Aim, drawn: Ints, supply: Ints) -> Ints:
    """Find the counts nearest to some others of all that are as good as the best."""
    programme, kinds = aim.programme, aim.kinds
    if aim.worth:
        best = programme.largest(*aim.worth, gap=aim.gap)
        value = sum(float(worth @ best[columns]) for columns, worth in aim.worth)
        programme.bound(*aim.worth, low=value - _ROUNDING - aim.gap * value)
    fewer, more = (_parts(programme, amounts, _PARTS) for amounts in (drawn, supply - drawn))
    one = np.eye(len(kinds))
    shifted = [*((part, one) for part in fewer), *((part, -one) for part in more)]
    programme.bound((kinds, one), *shifted, low=drawn, high=drawn)
    costs = [
        (part, np.full(len(kinds), -1 - place))
        for way in (fewer, more)
        for place, part in enumerate(way)
    ]
    return _whole(aim, programme.largest(*costs, gap=_NEAR_ENOUGH))


def _parts(programme: IntegerProgramme, amounts: Ints, count: int) -> list[Columns]:
    """Divide amounts into equal parts that can be priced apart."""
    edges = np.arange(count + 1).reshape(-1, 1) * amounts // count
    return [programme.variables(upper) for upper in np.diff(edges, axis=0)]


def _whole(aim: _Aim, values: Floats) -> Ints:
    return np.rint(values[aim.kinds]).astype(np.int64)
