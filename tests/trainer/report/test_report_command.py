import json
from pathlib import Path

import pytest

from db.run_folder.figures import read_figures
from db.run_folder.results import write_run
from db.snapshot_folder.manifest import read_snapshot
from tests.trainer.makers import make_predictions, make_run, make_snapshot
from tests.trainer.test_command import run_trainer

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run beside its snapshot."""
    snapshot = read_snapshot(make_snapshot(tmp_path))
    folder = tmp_path / "run"
    told = {"snapshot_hash": snapshot.content_hash, "snapshot_path": "../drawn@1"}
    write_run(folder, make_run(**told))
    make_predictions(folder, snapshot)
    return folder


def test_json_has_the_figures_and_the_run_stays_as_it_was(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    code, out, err = run_trainer(monkeypatch, capsys, "report", run, "--format", "json")

    assert code == 0, err
    assert json.loads(out)["figures"]["cells"][0]["accuracy"]["value"] == 1.0
    assert read_figures(run) is None


def test_html_and_png_are_written_where_one_says_or_beside_the_run(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    page = tmp_path / "page.html"
    _, said, _ = run_trainer(monkeypatch, capsys, "report", run, "--format", "html", "--out", page)
    _, pictures, _ = run_trainer(monkeypatch, capsys, "report", run, "--format", "png")

    assert said.strip() == str(page)
    assert page.read_text().startswith("<!doctype html>")
    written = [Path(line) for line in pictures.split()]
    assert all(path.is_file() for path in written)
    assert {path.parent for path in written} == {run / "report"}


def test_markdown_and_a_table_are_written_to_a_file(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    text, table = tmp_path / "report.md", tmp_path / "recalls.csv"
    run_trainer(monkeypatch, capsys, "report", run, "--out", text)
    csv = ("--format", "csv", "--table", "recalls", "--out", table)
    run_trainer(monkeypatch, capsys, "report", run, *csv)

    assert "## Recall of each label" in text.read_text()
    assert table.read_text().startswith("net,classifier,label,recall,low,high,faces,rests on\n")


def test_a_snapshot_that_is_not_there_ends_in_one_message(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    code, _, err = run_trainer(
        monkeypatch, capsys, "report", run, "--snapshot", tmp_path / "nothing"
    )

    assert code == 1
    assert "is no snapshot folder" in " ".join(err.split())
