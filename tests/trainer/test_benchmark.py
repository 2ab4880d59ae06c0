import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from db.progress import finished
from db.runs import CellResult, RunState, read_run
from db.snapshot_error import SnapshotError
from tests.trainer.makers import LABELS, make_preset, make_snapshot
from trainer import benchmark as benchmark_module
from trainer.benchmark import Benchmark, run_benchmark
from trainer.cells import fitted_cell
from trainer.errors import TrainerError
from trainer.presets import PRESETS
from trainer.run_files import NetFiles, net_files


def make_benchmark(tmp_path: Path, **changes: object) -> Benchmark:
    snapshot = tmp_path / "drawn@1"
    if not snapshot.exists():
        make_snapshot(tmp_path)
    asked = Benchmark(
        snapshot=snapshot,
        folder=tmp_path / "run",
        preset=make_preset(),
        nets=("AlexNet",),
        classifiers=("softmax", "knn"),
    )
    return replace(asked, **changes)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_benchmark_fills_its_folder_and_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = run_benchmark(make_benchmark(tmp_path))
    messages = [next(steps).message for _ in range(5)]
    steps.close()

    stopped = read_run(tmp_path / "run")
    assert messages[1:4] == ["AlexNet: epoch 1 of 1", "AlexNet: features", "AlexNet: softmax"]
    assert stopped.state is RunState.CANCELLED
    assert [cell.classifier for cell in stopped.cells] == ["softmax"]

    fitted: list[str] = []

    def watched_cell(files: NetFiles, name: str, *rest: Any) -> CellResult:
        fitted.append(name)
        return fitted_cell(files, name, *rest)

    monkeypatch.setattr(benchmark_module, "fitted_cell", watched_cell)
    monkeypatch.setattr(benchmark_module, "new_training", lambda *_: pytest.fail("trained again"))
    run = finished(run_benchmark(make_benchmark(tmp_path)))

    assert fitted == ["knn"]
    assert run == read_run(tmp_path / "run")
    assert run.state is RunState.DONE
    assert run.faces == {"train": 56, "validation": 14, "test": 14}
    net = run.net("AlexNet")
    assert net
    assert (net.parameters, len(net.history)) == (28_873_219, 1)
    assert all(np.sum(cell.confusion) == 14 for cell in run.cells)
    files = net_files(tmp_path / "run", "AlexNet")
    there = {path.name for path in files.folder.iterdir()}
    predictions = {"predictions-knn.parquet", "predictions-softmax.parquet"}
    assert there == {"model.keras", "features.npz", "knn.skops", *predictions}


@pytest.mark.slow
def test_a_net_learns_labels_that_can_be_learned(tmp_path: Path) -> None:
    asked = make_benchmark(tmp_path, preset=make_preset(epochs=8), classifiers=("softmax", "svm"))

    run = finished(run_benchmark(asked))

    cell = run.cell("AlexNet", "softmax")
    assert cell
    assert cell.training_accuracy >= 0.95
    assert cell.test_accuracy >= 0.7


def test_a_snapshot_without_a_label_is_refused_before_a_folder_is_made(tmp_path: Path) -> None:
    make_snapshot(tmp_path, labels=LABELS[1:])

    with pytest.raises(TrainerError, match="no training face labelled angry"):
        finished(run_benchmark(make_benchmark(tmp_path)))
    assert not (tmp_path / "run").exists()


def test_a_folder_that_is_no_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="is no snapshot folder"):
        next(run_benchmark(make_benchmark(tmp_path, snapshot=tmp_path)))


def test_a_run_folder_is_not_used_for_another_benchmark(tmp_path: Path) -> None:
    run_benchmark(make_benchmark(tmp_path)).close()
    steps = run_benchmark(make_benchmark(tmp_path))
    next(steps)
    steps.close()

    with pytest.raises(TrainerError, match="holds a run with another seed: 0, now 1"):
        next(run_benchmark(make_benchmark(tmp_path, seed=1)))


def test_what_breaks_a_run_is_kept_in_it(tmp_path: Path) -> None:
    preset = make_preset(weights=str(tmp_path))

    with pytest.raises(TrainerError, match="there is no such file"):
        finished(run_benchmark(make_benchmark(tmp_path, preset=preset, nets=("VGG16",))))

    run = read_run(tmp_path / "run")
    assert run.state is RunState.FAILED
    assert "there is no such file" in run.error


def test_notes_say_how_much_of_the_snapshot_was_used(tmp_path: Path) -> None:
    preset = replace(PRESETS["quick"], training_faces_per_label=3)
    next(run_benchmark(make_benchmark(tmp_path, preset=preset)))

    run = json.loads((tmp_path / "run" / "run.json").read_text())
    assert "Split train: 21 of 56 faces." in run["notes"]
    assert "Split test: all 14 faces." in run["notes"]
    assert any("not which net is better" in note for note in run["notes"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nets": ("LeNet",)}, "`nets` must be some of AlexNet, .*Received: .*LeNet"),
        ({"nets": ()}, "`nets` must be some of"),
        ({"classifiers": ("bayes",)}, "`classifiers` must be some of softmax, svm"),
        ({"seed": -1}, "`seed` must be 0 or above. Received: -1"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        make_benchmark(tmp_path, **changes)
