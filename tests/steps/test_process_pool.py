import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from curator.steps import process_pool as module
from curator.steps.process_pool import Workers, fan_out

STAYS = """
import time
from curator.steps.process_pool import Workers
if __name__ == "__main__":
    executor = Workers(1)
    print(executor.submit(__import__("os").getpid).result(), flush=True)
    time.sleep(60)
"""


def doubled(number: int) -> int:
    time.sleep(0.001 * (number % 3))
    return 2 * number


@pytest.mark.parametrize("workers", [0, 3])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    expected = [(number, 2 * number) for number in range(300)]
    if not workers:
        assert list(fan_out(None, doubled, range(300))) == expected
        return
    with ThreadPoolExecutor(workers) as executor:
        assert list(fan_out(executor, doubled, range(300))) == expected


def test_items_are_taken_only_as_room_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IN_FLIGHT", 4)
    taken = []

    def items() -> Iterator[int]:
        for number in range(100):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as executor:
        results = fan_out(executor, doubled, items())
        assert [next(results), next(results)] == [(0, 0), (1, 2)]
        assert len(taken) == 5


def test_items_handed_over_together_come_back_one_by_one() -> None:
    with ThreadPoolExecutor(2) as executor:
        results = list(fan_out(executor, doubled, range(10), at_once=4))
    assert results == [(number, 2 * number) for number in range(10)]


def own_process(number: int) -> tuple[int, int]:
    return number, os.getpid()


def test_processes_are_renewed_before_what_they_leak_fills_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CALLS_A_PROCESS", 5)
    with Workers(1) as workers:
        results = [result for _, result in fan_out(workers, own_process, range(50), at_once=4)]
    assert [number for number, _ in results] == list(range(50))
    processes = list(dict.fromkeys(process for _, process in results))
    sizes = [sum(one == process for _, one in results) for process in processes]
    assert sizes == [20, 20, 10]


def killing_at_7(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(number)


def minus_one(number: int) -> int:  # noqa: ARG001 - what a crash gives is the same for all
    return -1


def test_an_item_that_kills_its_process_is_told_apart_and_the_others_are_done() -> None:
    with Workers(2) as workers:
        results = fan_out(workers, killing_at_7, range(40), at_once=4, crashed=minus_one)
        assert list(results) == [(n, -1 if n == 7 else 2 * n) for n in range(40)]


def killing(number: int) -> int:
    if number in (7, 8, 90):
        os.kill(os.getpid(), signal.SIGKILL)
    return doubled(number)


@pytest.mark.slow
def test_several_that_kill_are_told_apart_while_processes_are_renewed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CALLS_A_PROCESS", 10)
    monkeypatch.setattr(module, "IN_FLIGHT", 16)
    with Workers(2) as workers:
        results = list(fan_out(workers, killing, range(120), at_once=2, crashed=minus_one))
    assert results == [(n, -1 if n in (7, 8, 90) else 2 * n) for n in range(120)]


def test_without_a_word_for_crashes_one_ends_the_work() -> None:
    with Workers(1) as workers, pytest.raises(BrokenExecutor, match="terminated abruptly"):
        list(fan_out(workers, killing_at_7, range(40)))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_workers_end_when_their_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STAYS], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        for _ in range(100):
            if not _is_alive(worker):
                return
            time.sleep(0.1)
    pytest.fail(f"worker {worker} outlived its parent by ten seconds")


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
    return state != "Z"
