import json
from pathlib import Path

import pytest

from db.run_folder.benchmark_choices import PRESET_NAMES
from db.run_folder.paper import TABLE_TWO_NET
from db.run_folder.results import RUN_FILE, RunError, read_run, write_run
from db.run_folder.run_tables import all_cells, confusion_table, table_one, table_two
from tests.trainer.makers import LABELS, make_cell, make_net, make_run
from trainer.presets import PRESETS


def test_a_run_survives_a_round_trip(tmp_path: Path) -> None:
    run = make_run()

    write_run(tmp_path, run)

    assert read_run(tmp_path) == run


def test_a_folder_without_a_run_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"run\.json is missing.*trainer benchmark SNAPSHOT"):
        read_run(tmp_path)


def test_a_run_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / RUN_FILE).write_text('{"format": 3}')

    with pytest.raises(RunError, match="run format 3; this version reads up to 2"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "asleep"}, r"'asleep' is not a valid RunState @ \$\.state"),
        ({"speed": 3}, r"extra fields found \(speed\)"),
        ({"cells": [{"net": "VGG16"}]}, r"required field missing @ \$\.cells\[0\]\.classifier"),
    ],
)
def test_a_run_that_was_changed_by_hand_is_refused_with_the_place(
    changes: dict[str, object], reason: str, tmp_path: Path
) -> None:
    write_run(tmp_path, make_run())
    content = json.loads((tmp_path / RUN_FILE).read_text()) | changes
    (tmp_path / RUN_FILE).write_text(json.dumps(content))

    with pytest.raises(RunError, match=rf"{reason}.*Restore it from a copy"):
        read_run(tmp_path)


def test_a_run_of_the_first_format_reads_as_if_nobody_had_measured_the_rest(
    tmp_path: Path,
) -> None:
    write_run(tmp_path, make_run())
    content = json.loads((tmp_path / RUN_FILE).read_text())
    later = ("study", "snapshot_path", "device")
    of_nets = ("kept_epoch", "milliseconds_per_face", "size_bytes")
    content = {key: value for key, value in content.items() if key not in later} | {"format": 1}
    for net in content["nets"]:
        for name in of_nets:
            del net[name]
    (tmp_path / RUN_FILE).write_text(json.dumps(content))

    assert read_run(tmp_path) == make_run()


def test_the_standard_cell_is_the_best_by_validation_whatever_the_test_split_says() -> None:
    best = make_cell(classifier="knn", validation_accuracy=0.9, test_accuracy=0.1)
    run = make_run(cells=(make_cell(test_accuracy=1.0), best))

    assert run.standard == best


def test_of_cells_equally_right_on_validation_the_one_of_least_loss_is_standard() -> None:
    surer = make_cell(classifier="knn", validation_loss=0.2)

    assert make_run(cells=(make_cell(), surer)).standard == surer
    assert make_run(cells=()).standard is None


def test_table_two_is_about_the_papers_net_where_it_was_run() -> None:
    papers = make_cell(net=TABLE_TWO_NET, validation_accuracy=0.1)

    assert make_run(cells=(make_cell(), papers)).table_two_net == TABLE_TWO_NET
    assert make_run(cells=(make_cell(),)).table_two_net == "Xception"
    assert make_run(cells=()).table_two_net is None


def test_table_one_stands_by_rising_training_accuracy_with_the_papers_figures() -> None:
    nets = (make_net("Xception", 0.5, 0.8), make_net("AlexNet", 0.6), make_net("VGG16"))

    table = table_one(make_run(nets=nets))

    assert table["net"].tolist() == ["AlexNet", "Xception"]
    assert table["VA"].tolist() == [0.6, 0.8]
    assert table["epochs"].tolist() == [1, 2]
    assert table["paper VA"].tolist() == [0.79796, 0.793333]
    assert table["best"].tolist() == [False, True]


def test_table_two_has_the_error_and_the_papers_figures() -> None:
    table = table_two(make_run())

    assert table["classifier"].tolist() == ["SVM"]
    assert table["1 - VA"].tolist() == pytest.approx([0.2])
    assert table["paper VA"].tolist() == [0.664765]
    assert table["paper 1 - VA"].tolist() == pytest.approx([0.335235])


def test_tables_of_a_run_that_has_just_begun_are_empty_with_all_columns() -> None:
    run = make_run(nets=(), cells=())

    assert table_one(run).columns[0] == "net"
    assert table_two(run).columns[0] == "classifier"
    assert all_cells(run).columns[0] == "net"
    assert len(table_one(run)) == len(table_two(run)) == len(all_cells(run)) == 0


def test_the_confusion_table_names_its_rows_and_columns() -> None:
    table = confusion_table(make_cell())

    assert table.index.tolist() == table.columns.tolist() == LABELS
    assert (table.index.name, table.columns.name) == ("true", "predicted")
    assert table.loc["happy", "happy"] == 2


def test_pages_and_trainer_know_the_same_presets() -> None:
    assert set(PRESET_NAMES) == set(PRESETS)
