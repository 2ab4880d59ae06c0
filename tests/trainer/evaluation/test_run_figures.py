from pathlib import Path

import numpy as np
import pytest

from db.run_folder.figures import SliceKind, read_figures
from db.run_folder.results import RunResult, Study, StudyKind, study_folder, write_run
from db.snapshot_folder.manifest import Snapshot
from tests.trainer.makers import LABELS, make_cell, make_manifest, make_predictions, make_run
from trainer.errors import TrainerError
from trainer.evaluation.bootstrap import resampled_sums, share_interval
from trainer.evaluation.calibration import calibration_bins, calibration_error
from trainer.evaluation.label_errors import doubted_labels
from trainer.evaluation.paired_test import adjusted, differences, two_sided_p
from trainer.evaluation.predictions import TestPredictions, read_test_predictions
from trainer.evaluation.run_figures import run_figures, write_figures
from trainer.evaluation.slices import parts_of

FACES = 140


def make_benchmark(folder: Path, snapshot: Snapshot, *, wrong: range = range(28)) -> RunResult:
    """Write a run of two cells: the standard one is wrong about some faces, the other never."""
    cells = (make_cell(), make_cell(net="AlexNet", validation_accuracy=0.7))
    run = make_run(cells=cells)
    write_run(folder, run)
    make_predictions(folder, snapshot, wrong=wrong)
    make_predictions(folder, snapshot, net="AlexNet")
    return run


def add_study(
    folder: Path, snapshot: Snapshot, study: Study, *, wrong: range = range(0), seed: int = 0
) -> None:
    at = study_folder(folder, study.name)
    write_run(at, make_run(study=study, seed=seed))
    make_predictions(at, snapshot, wrong=wrong)


def faces_of(folder: Path, snapshot: Snapshot, *, wrong: range) -> TestPredictions:
    make_predictions(folder, snapshot, wrong=wrong)
    tested = read_test_predictions(folder, "Xception", "svm", snapshot.faces)
    assert tested is not None
    return tested


def test_sums_come_first_and_resamples_draw_whole_units() -> None:
    values = np.array([[1, 1], [1, 1], [0, 1], [0, 1]])

    sums = resampled_sums(values, np.array(["a", "a", "b", "b"]), seed=0, times=200)

    assert sums.shape == (201, 2)
    assert sums[0].tolist() == [2, 4]
    assert set(sums[1:, 0]) == {0, 2, 4}
    assert set(sums[1:, 1]) == {4}


def test_many_units_are_drawn_in_parts_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    values, units = np.arange(30)[:, np.newaxis], np.arange(30)
    whole = resampled_sums(values, units, seed=3, times=50)

    monkeypatch.setattr("trainer.evaluation.bootstrap.MOST_DRAWS", 100)

    np.testing.assert_array_equal(resampled_sums(values, units, seed=3, times=50), whole)


def test_all_right_and_none_right_have_the_exact_interval_of_their_units() -> None:
    assert share_interval(np.ones(5), 10) == pytest.approx((0.025**0.1, 1))
    assert share_interval(np.zeros(5), 10) == pytest.approx((0, 1 - 0.025**0.1))


def test_a_bin_holds_its_upper_end_and_empty_bins_are_left_out() -> None:
    confidence = np.array([1 / 15, 0.5, 0.5, 1.0])
    bins = calibration_bins(confidence, np.array([True, True, False, False]))

    assert [(round(one.low * 15), one.faces, one.accuracy) for one in bins] == [
        (0, 1, 1.0), (7, 2, 0.5), (14, 1, 0.0),
    ]  # fmt: skip
    assert calibration_error(bins) == pytest.approx((14 / 15 + 2 * 0 + 1) / 4)


def test_a_cell_is_scored_with_intervals_over_units_and_on_every_part(tmp_path: Path) -> None:
    changes = {face: {"source": "KDEF", "share": 2 / 3} for face in range(28)}
    changes[139] = {"settled_by": "final word"}
    snapshot = make_manifest(FACES, changes=changes)
    make_benchmark(tmp_path, snapshot)

    cell = run_figures(tmp_path, snapshot).cells[0]

    assert (cell.accuracy.value, cell.accuracy.faces) == (112 / 140, 140)
    low, high = cell.accuracy.interval or (0, 0)
    # 70 units of two faces that are right or wrong together: sd of the share is
    # (.8 * .2 / 70) ** .5 = .048, twice that each way.
    assert low == pytest.approx(0.8 - 1.96 * 0.048, abs=0.02)
    assert high == pytest.approx(0.8 + 1.96 * 0.048, abs=0.02)
    # Each label has 20 faces, 4 of them taken for the next: F1 is 16 / 20.
    assert cell.macro_f1.value == pytest.approx(0.8)
    assert {recall and recall.value for recall in cell.recalls.values()} == {0.8}
    assert cell.calibration_error == pytest.approx(0.1)
    parts = {(part.kind, part.name): part.accuracy for part in cell.slices}
    assert parts[SliceKind.SOURCE, "KDEF"].value == 0
    assert parts[SliceKind.SOURCE, "drawn"].value == 1
    assert parts[SliceKind.AGREEMENT, "60 % to below 80 %"].faces == 28
    assert parts[SliceKind.AGREEMENT, "100 %"].faces == 111
    assert parts[SliceKind.AGREEMENT, "final word"].interval is None


def test_quality_is_cut_in_thirds_where_it_differs_and_is_known() -> None:
    changes: dict[int, dict[str, float]]
    changes = {face: {"size_px": float(face), "sharpness": 5.0} for face in range(9)}
    changes[9] = {"size_px": float("nan"), "sharpness": 5.0}

    parts = parts_of(make_manifest(10, changes=changes).faces)

    sizes = {part.name: int(part.holds.sum()) for part in parts if part.kind is SliceKind.SIZE}
    assert sizes == {"up to 2.67 px": 3, "2.67 to 5.33 px": 3, "above 5.33 px": 3}
    assert not [part for part in parts if part.kind is SliceKind.SHARPNESS]


def test_cells_that_say_the_same_are_not_distinguishable_and_a_gap_is(tmp_path: Path) -> None:
    snapshot = make_manifest(FACES)
    right = faces_of(tmp_path, snapshot, wrong=range(0))
    wrong = faces_of(tmp_path, snapshot, wrong=range(28))

    (same, p_same), (gap, p_gap) = differences(wrong, [wrong, right], seed=0, times=2000)

    assert (same.value, p_same) == (0, 1)
    assert gap.value == -28 / 140
    assert p_gap < 0.01
    assert gap.interval is not None
    assert gap.interval[1] < 0


def test_cells_are_compared_on_the_faces_they_share(tmp_path: Path) -> None:
    snapshot = make_manifest(FACES)
    whole = faces_of(tmp_path, snapshot, wrong=range(28))
    ((difference, _),) = differences(whole, [whole.among(whole.face_ids >= 28)], seed=0, times=50)

    assert (difference.value, difference.faces) == (0, 112)


def test_equal_cells_are_told_apart_about_as_often_as_p_says() -> None:
    """Under no difference, p below .1 comes up about one time in ten."""
    chance = np.random.default_rng(0)
    below = 0
    for seed in range(300):
        gaps = chance.choice([-1, 0, 1], p=[0.1, 0.8, 0.1], size=200)
        sums = resampled_sums(gaps[:, np.newaxis], np.arange(200), seed=seed, times=300)
        below += two_sided_p(sums[:, 0]) < 0.1

    assert 15 <= below <= 50


def test_holm_leaves_a_single_p_alone_and_never_goes_above_one() -> None:
    assert adjusted([]) == []
    assert adjusted([0.04]) == [0.04]
    assert adjusted([0.9, 0.8]) == [1.0, 1.0]


def test_people_and_the_cell_are_judged_by_what_most_others_say(tmp_path: Path) -> None:
    """Of three votes, two for the label: a voter of the two sees a tie, the third nobody."""
    split = {f"votes_{LABELS[0]}": 2, f"votes_{LABELS[1]}": 1}
    changes = {face: {**dict.fromkeys(map("votes_{}".format, LABELS), 0), **split}
               for face in range(20)}  # fmt: skip
    snapshot = make_manifest(20, changes={f: {**c, "label": LABELS[0]} for f, c in changes.items()})
    make_benchmark(tmp_path, snapshot, wrong=range(0))

    found = run_figures(tmp_path, snapshot).ceiling

    assert found is not None
    # Left out: one of the two (2 / 3 of the time) leaves a tie, worth 1 / 2; the third
    # voter (1 / 3) is alone against two. The cell says the label: 1 / 2, then 1.
    assert found.person.value == pytest.approx(2 / 3 * 1 / 2)
    assert found.cell.value == pytest.approx(2 / 3 * 1 / 2 + 1 / 3)
    assert found.best_of_votes.value == pytest.approx(2 / 3)
    assert found.cell_of_votes.value == pytest.approx(2 / 3)
    assert found.person.faces == 20


def test_without_three_votes_a_face_there_is_no_ceiling(tmp_path: Path) -> None:
    none = dict.fromkeys(map("votes_{}".format, LABELS), 0)
    snapshot = make_manifest(20, changes=dict.fromkeys(range(15), none))
    make_benchmark(tmp_path, snapshot)

    assert run_figures(tmp_path, snapshot).ceiling is None


def test_studies_stand_beside_the_run(tmp_path: Path) -> None:
    sources = {face: {"source": "KDEF"} for face in range(70)}
    snapshot = make_manifest(FACES, changes=sources)
    make_benchmark(tmp_path, snapshot)
    add_study(tmp_path, snapshot, Study(StudyKind.LEAKY, "leaky", "All crossed."))
    add_study(tmp_path, snapshot, Study(StudyKind.SEED, "seed-1", "", "1"), seed=1)
    add_study(tmp_path, snapshot, Study(StudyKind.LABELS, "labels-soft", "", "soft"))
    without = Study(StudyKind.WITHOUT_SOURCE, "without-source-1", "", "KDEF")
    add_study(tmp_path, snapshot, without, wrong=range(70))
    only = Study(StudyKind.ONLY_SOURCE, "only-source-1", "", "KDEF")
    add_study(tmp_path, snapshot, only, wrong=range(70, 140))

    found = write_figures(tmp_path, snapshot)

    assert found.leak is not None
    assert (found.leak.honest.value, found.leak.leaked.value) == (0.8, 1.0)
    assert found.leak.difference.value == pytest.approx(0.2)
    assert [(one.seed, one.accuracy.value) for one in found.seeds] == [(0, 0.8), (1, 1.0)]
    assert [one.labels for one in found.labels] == ["hard", "soft"]
    assert found.labels[0].difference is None
    assert found.labels[1].difference is not None
    assert found.labels[1].difference.value == pytest.approx(-0.2)
    (left_out,) = found.left_out
    assert (left_out.source, left_out.without.value) == ("KDEF", 0.5)
    assert left_out.within is not None
    assert left_out.within.value == pytest.approx(42 / 70)
    pairs = {(one.trained, one.tested): one.accuracy.value for one in found.sources}
    assert pairs == pytest.approx({
        ("KDEF", "KDEF"): 1.0, ("KDEF", "drawn"): 0.0,
        ("all sources", "KDEF"): 42 / 70, ("all sources", "drawn"): 1.0,
    })  # fmt: skip
    assert read_figures(tmp_path) == found


def test_labels_in_doubt_are_counted_and_the_worst_named(tmp_path: Path) -> None:
    snapshot = make_manifest(FACES)
    make_benchmark(tmp_path, snapshot, wrong=range(5))

    found = doubted_labels(tmp_path, make_cell())

    assert found is not None
    assert (found.covered, found.likely) == (140, 5)
    assert set(found.face_ids) == set(range(5))


def test_a_run_that_kept_no_predictions_has_no_figures(tmp_path: Path) -> None:
    write_run(tmp_path, make_run())
    found = run_figures(tmp_path, make_manifest(14))

    assert (found.cells, found.comparisons, found.ceiling, found.doubted) == ((), (), None, None)


def test_another_snapshot_is_refused(tmp_path: Path) -> None:
    write_run(tmp_path, make_run(snapshot_hash="cd" * 32))

    with pytest.raises(TrainerError, match=r"was made on drawn@1 \(cdcdcdcdcdcd\)"):
        run_figures(tmp_path, make_manifest(14))
