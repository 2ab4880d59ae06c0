"""Do slow work in other processes, a bounded amount of it at a time."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Generic, ParamSpec, TypeVar

import cv2
from typing_extensions import override

IN_FLIGHT = 128
"""Items handed out and not yet taken back: enough to keep workers busy while rows are written."""

CALLS_A_PROCESS = 250
"""So many calls a process answers before a new one takes its place: yuface 2023.5.1 keeps 36 KB
of each image that it has looked at, which would fill the memory with the images."""

_NICENESS = 10
"""How far our slow work stands back for others at the same cores."""

Item = TypeVar("Item")
Result = TypeVar("Result")
P = ParamSpec("P")


class Workers(Executor):
    """Fresh processes, each of which keeps to one core.

    A process that dies, as one may on a hostile file, makes the whole pool useless; new
    processes take its place, as they do where it has done as much as it should.

    Args:
        count: How many; all cores when not given.
    """

    def __init__(self, count: int | None = None) -> None:
        self._count = count or os.cpu_count() or 1
        self._calls = 0
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            max_workers=self._count,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_set_up_worker,
        )

    def renew(self) -> None:
        """Give what comes to new processes; those that are there end with what they have."""
        self._pool.shutdown(wait=False)
        self._calls = 0
        self._pool = self._new_pool()

    @override
    def submit(
        self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[Result]:
        if self._calls == CALLS_A_PROCESS * self._count:
            self.renew()
        self._calls += 1
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenExecutor:  # an earlier call killed its process
            self.renew()
            return self.submit(fn, *args, **kwargs)

    @override
    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def warm_up(self, function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Start all processes now, each with a call that loads what its work will need."""
        for _ in range(self._count):
            self.submit(function, *args, **kwargs)


def _set_up_worker() -> None:
    # People who label come first. These processes hold no lock that anybody waits for.
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    # OpenMP reads its variable when yuface is loaded, which is after this.
    os.environ["OMP_NUM_THREADS"] = "1"
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent killed with -9 tells its workers nothing; they would wait for work for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def fan_out(
    executor: Executor | None,
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    at_once: int = 1,
    crashed: Callable[[Item], Result] | None = None,
) -> Iterator[tuple[Item, Result]]:
    """Apply a function to items in other processes and yield item and result in order.

    At most 128 items are in flight, so that memory does not grow with their number.
    Closing the iterator drops the work that has not begun.

    Args:
        executor: Any executor of `concurrent.futures` form; None does the work here.
        function: It, the items and the results must be picklable.
        items: Taken one by one, as room is made.
        at_once: How many items a process is handed at a time, where each is quick.
        crashed: What an item gives that kills the process which works on it. The others
            in flight are done anew. None: the import ends, as with any other executor than
            `Workers`.
    """
    if executor is None:
        yield from ((item, function(item)) for item in items)
    else:
        parts = in_batches(items, at_once)
        for part, results in _in_flight(executor, _Part(function), parts, crashed):
            yield from zip(part, results, strict=True)


@dataclass(frozen=True)
class _Part(Generic[Item, Result]):
    """A function, applied to some items one after the other."""

    function: Callable[[Item], Result]

    def __call__(self, items: list[Item]) -> list[Result]:
        return [self.function(item) for item in items]


def _in_flight(
    executor: Executor,
    part_of: _Part[Item, Result],
    parts: Iterator[list[Item]],
    crashed: Callable[[Item], Result] | None,
) -> Iterator[tuple[list[Item], list[Result]]]:
    flying: deque[tuple[list[Item], Future[list[Result]]]] = deque()
    try:
        for part in parts:
            flying.append((part, executor.submit(part_of, part)))
            if len(flying) * len(part) >= IN_FLIGHT:
                yield from _landed(executor, part_of, flying, crashed)
        while flying:
            yield from _landed(executor, part_of, flying, crashed)
    finally:
        for _, future in flying:
            future.cancel()


def _landed(
    executor: Executor,
    part_of: _Part[Item, Result],
    flying: deque[tuple[list[Item], Future[list[Result]]]],
    crashed: Callable[[Item], Result] | None,
) -> Iterator[tuple[list[Item], list[Result]]]:
    """Take the first part back; if a process died, do all that is in flight one by one."""
    try:
        results = flying[0][1].result()
    except BrokenExecutor:
        if crashed is None or not isinstance(executor, Workers):
            raise
        executor.renew()  # so that nothing else can kill the process that an item has
        while flying:
            part, future = flying.popleft()
            future.cancel()
            yield part, [_alone(executor, part_of, item, crashed) for item in part]
    else:
        yield flying.popleft()[0], results


def _alone(
    executor: Executor,
    part_of: _Part[Item, Result],
    item: Item,
    crashed: Callable[[Item], Result],
) -> Result:
    try:
        return executor.submit(part_of, [item]).result()[0]
    except BrokenExecutor:
        return crashed(item)


def counted_batches(items: Iterable[Item], size: int) -> Iterator[tuple[int, list[Item]]]:
    """Count items as they come, and cut them into lists of `size`, the last one shorter.

    Yields:
        How many have come, and the list that the last of them completes; an empty one while
        a list fills.

    Example:
        >>> list(counted_batches("abc", 2))
        [(1, []), (2, ['a', 'b']), (3, ['c'])]
    """
    done, batch, rest = 0, list[Item](), iter(items)
    coming = list(islice(rest, 1))
    while coming:
        batch += coming
        done += 1
        coming = list(islice(rest, 1))
        is_complete = len(batch) == size or not coming
        yield done, batch if is_complete else []
        batch = [] if is_complete else batch


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut items into lists of `size`, the last one shorter.

    Example:
        >>> list(in_batches("abcde", 2))
        [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
