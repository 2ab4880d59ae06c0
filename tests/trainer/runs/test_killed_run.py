"""A benchmark killed with -9 in mid-training, and begun again."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from db.run_folder.results import EpochResult, RunState, read_run
from tests.trainer.makers import make_snapshot

EPOCHS = 4
MOST_SECONDS = 500


def started(snapshot: Path, run: Path) -> "subprocess.Popen[bytes]":
    command = (
        *(sys.executable, "-m", "trainer", "benchmark", str(snapshot), "--out", str(run)),
        *("--nets", "MiniResNet", "--classifiers", "softmax", "--set", f"epochs={EPOCHS}"),
    )
    environment = os.environ | {"KERAS_BACKEND": "tensorflow"}
    return subprocess.Popen([*command, "--preset", "paper"], env=environment)


def history_in(run: Path) -> tuple[EpochResult, ...]:
    net = read_run(run).net("MiniResNet") if (run / "run.json").exists() else None
    return net.history if net else ()


def test_a_run_killed_in_mid_training_has_the_history_of_one_left_alone(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, faces_per_label={"train": 16, "validation": 2, "test": 2})
    calm, killed = tmp_path / "calm", tmp_path / "killed"
    alone, begun = started(snapshot, calm), started(snapshot, killed)
    until = time.monotonic() + MOST_SECONDS
    while len(history_in(killed)) < 2:
        assert begun.poll() is None
        assert time.monotonic() < until, f"Two epochs took longer than {MOST_SECONDS} s."
        time.sleep(0.01)

    begun.kill()

    assert begun.wait() == -signal.SIGKILL
    before = history_in(killed)
    assert 2 <= len(before) < EPOCHS
    assert read_run(killed).state is RunState.RUNNING
    assert started(snapshot, killed).wait(MOST_SECONDS) == 0
    assert alone.wait(MOST_SECONDS) == 0
    after, unbroken = history_in(killed), history_in(calm)
    assert after[: len(before)] == before
    assert [epoch.epoch for epoch in after] == [1, 2, 3, 4]
    np.testing.assert_allclose(losses(after), losses(unbroken), rtol=1e-2)


def losses(history: tuple[EpochResult, ...]) -> list[tuple[float, float]]:
    return [(epoch.training_loss, epoch.validation_loss) for epoch in history]
