import pandas as pd

from tests.trainer.makers import make_cell, make_run
from trainer.report import card_markdown, markdown_table, run_markdown


def test_a_table_has_four_digits_whole_counts_and_empty_cells_for_what_is_missing() -> None:
    table = pd.DataFrame(
        {"net": ["A"], "TA": [0.5], "parameters": [28873219], "paper TA": [None], "best": [True]}
    ).astype({"paper TA": "float64"})

    assert markdown_table(table).splitlines() == [
        "| net | TA | parameters | paper TA | best |",
        "| --- | --- | --- | --- | --- |",
        "| A | 0.5000 | 28,873,219 |  | * |",
    ]


def test_a_report_has_both_tables_the_confusion_matrix_and_the_notes() -> None:
    text = run_markdown(make_run())

    assert "| Xception | 0.9000 | 0.8000 |" in text
    assert "## Table II: classifiers on the features of Xception" in text
    assert "| happy | 0 | 0 | 0 | 2 | 0 | 0 | 0 |" in text
    assert "- A note." in text


def test_a_report_of_a_run_without_results_says_what_it_can() -> None:
    text = run_markdown(make_run(nets=(), cells=(), error="The disk is full."))

    assert "**It failed:** The disk is full." in text
    assert "Table II" not in text


def test_a_card_says_what_the_model_takes_and_what_it_is_worth() -> None:
    text = card_markdown(make_run(), make_cell(), "A person chose it.")

    assert "Takes colour crops of one face" in text
    assert "Test accuracy 1.0000 (95 % interval 0.9000 to 1.0000)" in text
    assert "- fear: no face in the test split" in text
