"""Do slow work in other processes, a bounded amount of it at a time."""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from itertools import islice
from typing import TypeVar

import cv2

IN_FLIGHT = 128
"""Items handed out and not yet taken back: enough to keep workers busy while rows are written."""

_NICENESS = 10
"""How far our slow work stands back for others at the same cores."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def process_executor(workers: int | None = None) -> ProcessPoolExecutor:
    """Make an executor of fresh processes, each of which keeps to one core.

    Args:
        workers: How many; all cores when not given.
    """
    return ProcessPoolExecutor(
        max_workers=workers or os.cpu_count(),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_set_up_worker,
    )


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
    executor: Executor | None, function: Callable[[Item], Result], items: Iterable[Item]
) -> Iterator[tuple[Item, Result]]:
    """Apply a function to items in other processes and yield item and result in order.

    At most 128 items are in flight, so that memory does not grow with their number.
    Closing the iterator drops the work that has not begun.

    Args:
        executor: Any executor of `concurrent.futures` form; None does the work here.
        function: It, the items and the results must be picklable.
        items: Taken one by one, as room is made.
    """
    if executor is None:
        yield from ((item, function(item)) for item in items)
    else:
        yield from _in_flight(executor, function, iter(items))


def _in_flight(
    executor: Executor, function: Callable[[Item], Result], items: Iterator[Item]
) -> Iterator[tuple[Item, Result]]:
    flying: deque[tuple[Item, Future[Result]]] = deque()
    try:
        for item in items:
            flying.append((item, executor.submit(function, item)))
            if len(flying) >= IN_FLIGHT:
                yield _landed(flying)
        while flying:
            yield _landed(flying)
    finally:
        for _, future in flying:
            future.cancel()


def _landed(flying: deque[tuple[Item, Future[Result]]]) -> tuple[Item, Result]:
    item, future = flying.popleft()
    return item, future.result()


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Cut items into lists of `size`, the last one shorter.

    Example:
        >>> list(in_batches("abcde", 2))
        [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch
