import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from db.run_folder.results import Study, StudyKind, study_folder, write_run
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from tests.trainer.makers import (
    make_cell,
    make_net,
    make_predictions,
    make_run,
    make_snapshot,
)
from trainer.errors import TrainerError
from trainer.evaluation.run_figures import write_figures
from trainer.report import card_markdown, markdown_table, run_markdown, write_report
from trainer.report.html import run_html
from trainer.report.writing import open_report, write_pictures


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return read_snapshot(make_snapshot(tmp_path))


def make_benchmark(folder: Path, snapshot: Snapshot) -> Path:
    """Write a run beside its snapshot: two nets, a leaky study, two wrong test faces."""
    cells = (make_cell(), make_cell(net="AlexNet", validation_accuracy=0.7))
    nets = (make_net("Xception", 0.5, 0.8), make_net("AlexNet", 0.4, 0.7))
    told = {"snapshot_hash": snapshot.content_hash, "snapshot_path": f"../{snapshot.folder.name}"}
    write_run(folder, make_run(cells=cells, nets=nets, **told))
    tested = snapshot.faces.loc[snapshot.faces["split"] == "test", "face_id"]
    make_predictions(folder, snapshot, wrong=set(tested[:2]))
    make_predictions(folder, snapshot, net="AlexNet")
    leaky = study_folder(folder, "leaky")
    write_run(leaky, make_run(study=Study(StudyKind.LEAKY, "leaky", "All crossed."), **told))
    make_predictions(leaky, snapshot)
    return folder


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

    assert "The run failed: The disk is full." in text
    assert "Table II" not in text


def test_a_card_says_what_the_model_takes_and_what_it_is_worth() -> None:
    text = card_markdown(make_run(), make_cell(), "A person chose it.")

    assert "Takes colour crops of one face" in text
    assert "Test accuracy 1.0000 (95 % interval 0.9000 to 1.0000)" in text
    assert "- fear: no face in the test split" in text


def test_a_report_names_what_each_table_rests_on_and_every_study(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    run = make_benchmark(tmp_path / "run", snapshot)
    opened = open_report(run)

    text = run_markdown(opened.run, opened.figures)

    rests = f"*drawn@1 ({snapshot.content_hash[:12]}), preset tiny, seed 0*"
    tables = len(re.findall(r"\n\| ---", text))
    assert text.count(rests) == tables >= 8
    assert "Not distinguishable from it on these test faces: AlexNet with svm." in text
    assert "## Honest and leaked\n\nAll crossed." in text
    assert "| honest: no unit in two splits | 0.8571 |" in text
    assert "## Seeds" not in text


def test_a_bar_in_a_name_does_not_break_a_table() -> None:
    assert markdown_table(pd.DataFrame({"source": ["a|b"]})).splitlines()[2] == r"| a\|b |"


class Tags(HTMLParser):
    """Collects what a page loads, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.loaded += [value or "" for name, value in attributes if name in {"src", "href"}]
        if tag not in {"meta", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_of_html_holds_its_pictures_and_loads_nothing(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    run = make_benchmark(tmp_path / "run", snapshot)
    write_figures(run, snapshot)
    tags = Tags()

    tags.feed((write_report(run, snapshot) / "report.html").read_text())

    assert not tags.open
    assert len(tags.loaded) == 5
    assert all(source.startswith("data:image/png;base64,") for source in tags.loaded)


def test_what_a_source_calls_itself_is_text_in_html() -> None:
    run = make_run(snapshot="<script>@1", notes=("<b>",))

    page = run_html(run, None, {})

    assert "<script>" not in page
    assert "<li>&lt;b&gt;</li>" in page


def test_marks_of_markdown_in_what_a_run_says_are_text_in_html() -> None:
    run = make_run(snapshot="a*b*_c_|&lt;@1", notes=("[here](x) `y` \\*",))

    page = run_html(run, None, {})

    assert "<h1>Benchmark on a*b*_c_|&amp;lt;@1</h1>" in page
    assert "<em>a*b*_c_|&amp;lt;@1 (" in page
    assert "<li>[here](x) `y` \\*</li>" in page


def test_the_best_row_of_a_table_stands_out_in_html() -> None:
    cells = (make_cell(), make_cell(classifier="lr", validation_accuracy=0.7))

    page = run_html(make_run(cells=cells), None, {})

    [row] = re.findall(r'<tr class="best">\n<td>(\w+)</td>', page.partition("Table II")[2])
    assert row == "SVM"


def test_a_report_is_written_in_every_form(tmp_path: Path, snapshot: Snapshot) -> None:
    run = make_benchmark(tmp_path / "run", snapshot)
    write_figures(run, snapshot)

    folder = write_report(run, snapshot)

    pictures = {path.name for path in folder.glob("*.png")}
    assert pictures == {
        "curves-Xception.png", "curves-AlexNet.png", "confusion.png", "reliability.png",
        "right-and-wrong.png",
    }  # fmt: skip
    assert "![confusion](confusion.png)" in (folder / "report.md").read_text()
    leak = pd.read_csv(folder / "leak.csv")
    assert leak["accuracy"].tolist() == pytest.approx([12 / 14, 1.0, 2 / 14])
    assert not (folder / "seeds.csv").exists()
    with Image.open(BytesIO((folder / "right-and-wrong.png").read_bytes())) as picture:
        assert len(picture.convert("RGB").getcolors(2**24) or []) > 100


def test_without_its_snapshot_a_run_is_reported_with_what_it_kept(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    run = make_benchmark(tmp_path / "run", snapshot)
    figures = write_figures(run, snapshot)
    snapshot.folder.rename(tmp_path / "moved")

    kept = open_report(run)
    assert (kept.figures, kept.snapshot) == (figures, None)
    assert "right-and-wrong" not in write_pictures(kept, tmp_path / "out")

    found = open_report(run, tmp_path / "moved")
    assert found.figures == figures
    assert "right-and-wrong" in write_pictures(found, tmp_path / "out")


def test_a_snapshot_that_is_not_the_runs_is_refused_when_named_and_else_passed_over(
    tmp_path: Path, snapshot: Snapshot
) -> None:
    run = make_benchmark(tmp_path / "run", snapshot)
    other = make_snapshot(tmp_path, seed=4)
    write_run(run, make_run(snapshot_hash="cd" * 32, snapshot_path=f"../{other.name}"))

    assert open_report(run).snapshot is None
    with pytest.raises(TrainerError, match="Name that snapshot"):
        open_report(run, other)


def test_figures_that_lack_a_cell_are_worked_out_anew(tmp_path: Path, snapshot: Snapshot) -> None:
    run = make_benchmark(tmp_path / "run", snapshot)
    figures = write_figures(run, snapshot)
    (run / "figures.json").write_text('{"format": 1}')

    assert open_report(run).figures == figures
