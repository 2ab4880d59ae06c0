from dataclasses import replace

import pytest

from db.run_folder.run_tables import curve_table, rests_on, table_one
from tests.trainer.makers import make_cell, make_net, make_run


def test_table_one_has_the_test_accuracy_of_the_nets_own_softmax_and_what_was_measured() -> None:
    nets = (
        replace(make_net("Xception", 0.8), milliseconds_per_face=4.5, size_bytes=85_000_000),
        make_net("MobileNetV3", 0.6),
    )
    cells = (make_cell(classifier="softmax", test_accuracy=0.75, test_interval=(0.7, 0.8)),)

    table = table_one(make_run(nets=nets, cells=cells)).set_index("net")

    measured = ["test", "test low", "test high", "ms per face", "size in MB"]
    assert list(table.loc["Xception", measured]) == [0.75, 0.7, 0.8, 4.5, 85.0]
    assert table.loc["Xception", "paper VA"] == pytest.approx(0.793333)
    unknown = ["test", "ms per face", "size in MB", "paper TA", "paper parameters"]
    assert table.loc["MobileNetV3", unknown].isna().all()


def test_table_one_shows_the_epoch_that_was_kept_and_counts_all() -> None:
    net = replace(make_net("Xception", 0.5, 0.8, 0.6), kept_epoch=2)

    table = table_one(make_run(nets=(net,)))

    assert table["VA"].tolist() == [0.8]
    assert table["epochs"].tolist() == [3]


def test_what_figures_rest_on_is_one_line_with_the_device_where_it_is_known() -> None:
    assert rests_on(make_run()) == "drawn@1 (abababababab), preset tiny, seed 0"
    assert rests_on(make_run(device="1 GPU")).endswith("seed 0, 1 GPU")


def test_curves_have_two_rows_an_epoch() -> None:
    curves = curve_table(make_run())

    assert curves["faces"].tolist() == ["training", "validation"] * 2
    assert curves["accuracy"].tolist() == pytest.approx([0.6, 0.5, 0.9, 0.8])
    assert curve_table(make_run(nets=())).columns.tolist() == list(curves.columns)
