import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from db.jobs.progress import finished
from db.run_folder.figures import read_figures
from db.run_folder.predictions import held_out_predictions
from db.run_folder.results import CellResult, RunState, read_run, read_studies
from db.run_folder.run_files import NetFiles, net_files
from db.snapshot_folder.errors import SnapshotError
from tests.trainer.makers import LABELS, make_preset, make_snapshot
from trainer.benchmark import Benchmark, run_benchmark
from trainer.errors import TrainerError
from trainer.presets import PRESETS
from trainer.runs import run_once
from trainer.runs.cells import fitted_cell
from trainer.runs.studies import Studies


def make_benchmark(tmp_path: Path, **changes: object) -> Benchmark:
    snapshot = tmp_path / "drawn@1"
    if not snapshot.exists():
        make_snapshot(tmp_path)
    asked = Benchmark(
        snapshot=snapshot,
        folder=tmp_path / "run",
        preset=make_preset(),
        nets=("MiniResNet",),
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
    assert messages[1:4] == [
        "MiniResNet: epoch 1 of 1",
        "MiniResNet: features",
        "MiniResNet: softmax",
    ]
    assert stopped.state is RunState.CANCELLED
    assert [cell.classifier for cell in stopped.cells] == ["softmax"]

    fitted: list[str] = []

    def watched_cell(files: NetFiles, name: str, *rest: Any) -> CellResult:
        fitted.append(name)
        return fitted_cell(files, name, *rest)

    monkeypatch.setattr(run_once, "fitted_cell", watched_cell)
    monkeypatch.setattr(run_once, "new_training", lambda *_: pytest.fail("trained again"))
    run = finished(run_benchmark(make_benchmark(tmp_path)))

    assert fitted == ["knn"]
    assert run == read_run(tmp_path / "run")
    assert run.state is RunState.DONE
    assert run.faces == {"train": 56, "validation": 14, "test": 14}
    net = run.net("MiniResNet")
    assert net
    assert (net.parameters, len(net.history)) == (687_591, 1)
    assert all(np.sum(cell.confusion) == 14 for cell in run.cells)
    files = net_files(tmp_path / "run", "MiniResNet")
    there = {path.name for path in files.folder.iterdir()}
    predictions = {"predictions-knn.parquet", "predictions-softmax.parquet"}
    assert there == {"model.keras", "features.npz", "knn.skops", "logs", *predictions}
    assert net.kept_epoch == 1
    assert net.milliseconds_per_face
    assert net.size_bytes == files.model.stat().st_size


@pytest.mark.slow
def test_a_net_learns_labels_that_can_be_learned(tmp_path: Path) -> None:
    asked = make_benchmark(
        tmp_path,
        preset=make_preset(epochs=8, augments=False, is_eager=False),
        classifiers=("softmax", "svm"),
    )

    run = finished(run_benchmark(asked))

    cell = run.cell("MiniResNet", "softmax")
    assert cell
    assert cell.training_accuracy >= 0.95
    assert cell.test_accuracy >= 0.7


@pytest.mark.slow
def test_labels_that_mean_nothing_score_like_chance_on_the_test_split(tmp_path: Path) -> None:
    counts = {"train": 8, "validation": 2, "test": 10}
    make_snapshot(tmp_path, faces_per_label=counts, has_shuffled_labels=True)

    preset = make_preset(epochs=6, augments=False, is_eager=False)
    run = finished(run_benchmark(make_benchmark(tmp_path, preset=preset)))

    # 1 of 1,000 guessers gets more than 21 of 70 faces right.
    assert all(cell.test_accuracy <= 0.3 for cell in run.cells)


@pytest.mark.slow
def test_studies_lie_in_the_run_and_together_hold_every_face_out(tmp_path: Path) -> None:
    studies = Studies(leaky=True, seeds=1, folds=2)
    asked = make_benchmark(tmp_path, classifiers=("knn",), studies=studies)

    finished(run_benchmark(asked))
    found = {run.study.name: run for _, run in read_studies(asked.folder) if run.study}

    assert set(found) == {"leaky", "seed-1", "fold-1", "fold-2"}
    assert {run.state for run in found.values()} == {RunState.DONE}
    assert found["seed-1"].seed == 1
    held_out = held_out_predictions(asked.folder, "MiniResNet", "knn")
    assert held_out["face_id"].tolist() == list(range(84))
    assert read_figures(asked.folder)
    assert (asked.folder / "report" / "report.html").is_file()


@pytest.mark.slow
def test_a_study_without_the_faces_for_it_is_left_out_and_the_run_says_why(tmp_path: Path) -> None:
    snapshot = make_snapshot(tmp_path, sources={"happy": "web"})
    asked = make_benchmark(tmp_path, classifiers=("knn",), studies=Studies(sources=True))
    assert asked.snapshot == snapshot

    run = finished(run_benchmark(asked))

    assert read_studies(asked.folder) == ()
    assert any("no training face labelled happy" in note for note in run.notes)


@pytest.mark.slow
def test_a_run_starts_from_nets_that_have_seen_nothing_of_what_it_holds_out(
    tmp_path: Path,
) -> None:
    noisy = make_snapshot(tmp_path, seed=1)
    counts = {"train": 2, "validation": 3, "test": 3}
    curated = make_snapshot(tmp_path, faces_per_label=counts)
    first = {"snapshot": noisy, "classifiers": ("knn",)}
    start = {"preset": make_preset(weights=str(tmp_path / "apart")), "snapshot": curated}

    finished(run_benchmark(make_benchmark(tmp_path, folder=tmp_path / "seen", **first)))
    apart = make_benchmark(tmp_path, folder=tmp_path / "apart", apart_from=curated, **first)
    notes = finished(run_benchmark(apart)).notes
    begun = finished(run_benchmark(make_benchmark(tmp_path, **start)))

    assert any("faces were left out, which drawn@1" in note for note in notes)
    assert any("Nets started from those of a run on drawn@2" in note for note in begun.notes)
    assert begun.preset["weights"] == "../apart"
    seen = make_preset(weights=str(tmp_path / "seen"))
    with pytest.raises(TrainerError, match="Train that run again with --apart-from"):
        finished(run_benchmark(make_benchmark(tmp_path, snapshot=curated, preset=seen)))


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
