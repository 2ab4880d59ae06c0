import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curator.steps import fan_out as module
from curator.steps.fan_out import fan_out

STAYS = """
import time
from curator.steps.fan_out import process_executor
if __name__ == "__main__":
    executor = process_executor(1)
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
