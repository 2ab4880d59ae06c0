"""The report of a run as files, written once at its end."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from db.files.blobs import write_whole
from db.run_folder.figure_tables import csv_tables
from db.run_folder.figures import REPORT, RunFigures, read_figures
from db.run_folder.results import RunResult, read_run
from db.run_folder.run_tables import rests_on
from db.snapshot_folder.errors import SnapshotError
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from trainer.evaluation.predictions import read_test_predictions
from trainer.evaluation.run_figures import run_figures
from trainer.report.html import run_html
from trainer.report.markdown import run_markdown
from trainer.report.sections import CONFUSION, CURVES, RELIABILITY, RIGHT_AND_WRONG


@dataclass(frozen=True)
class Report:
    """Everything that a report is written of.

    Attributes:
        folder: The run's.
        run: Its results so far.
        figures: None where neither the run has any nor its snapshot is at hand.
        snapshot: None where it is not at hand: then no face is shown.
    """

    folder: Path
    run: RunResult
    figures: RunFigures | None
    snapshot: Snapshot | None


def open_report(run_folder: Path, snapshot_folder: Path | None = None) -> Report:
    """Gather what there is to report.

    Figures are worked out where the run has none that are whole, or a snapshot is named.

    Args:
        run_folder: The run's folder.
        snapshot_folder: Where its snapshot lies now; None to look where it lay.

    Raises:
        RunError: There is no run in the folder.
        SnapshotError: There is no whole snapshot in the folder that is named.
        TrainerError: The run was made on another snapshot than that.
    """
    run = read_run(run_folder)
    snapshot = read_snapshot(snapshot_folder) if snapshot_folder else _lain(run_folder, run)
    figures = read_figures(run_folder)
    if snapshot and (snapshot_folder or not _is_whole(figures, run)):
        figures = run_figures(run_folder, snapshot)
    return Report(run_folder, run, figures, snapshot)


def _lain(run_folder: Path, run: RunResult) -> Snapshot | None:
    """Read the snapshot where the run found it; None where it lies there no longer."""
    if not run.snapshot_path:
        return None
    try:
        snapshot = read_snapshot(run_folder / run.snapshot_path)
    except SnapshotError:
        return None
    return snapshot if snapshot.content_hash == run.snapshot_hash else None


def _is_whole(figures: RunFigures | None, run: RunResult) -> bool:
    return figures is not None and all(
        figures.cell(cell.net, cell.classifier) for cell in run.cells
    )


def write_report(run_folder: Path, snapshot: Snapshot) -> Path:
    """Write the report of a run whose figures are written into `RUN/report`, in every form.

    Returns:
        That folder.
    """
    figures = read_figures(run_folder) or run_figures(run_folder, snapshot)
    report = Report(run_folder, read_run(run_folder), figures, snapshot)
    folder = run_folder / REPORT
    write_files(report, folder)
    return folder


def write_files(report: Report, folder: Path) -> None:
    """Write a report in every form into a folder; files of other names there stay."""
    drawn = write_pictures(report, folder)
    text = run_markdown(report.run, report.figures, drawn)
    write_whole(folder / "report.md", text.encode("utf-8"))
    _write_html(report, folder / "report.html", drawn)
    for name, table in csv_tables(report.run, report.figures).items():
        if len(table):
            write_whole(folder / f"{name}.csv", table.to_csv(index=False).encode("utf-8"))


def write_html(report: Report, path: Path) -> Path:
    """Write a report as one file with its pictures within; return where."""
    return _write_html(report, path, dict(draw_pictures(report)))


def _write_html(report: Report, path: Path, drawn: Mapping[str, bytes]) -> Path:
    write_whole(path, run_html(report.run, report.figures, drawn).encode("utf-8"))
    return path


def write_pictures(report: Report, folder: Path) -> dict[str, bytes]:
    """Draw and write every picture; return them by name."""
    drawn = dict(draw_pictures(report))
    for name, content in drawn.items():
        write_whole(folder / f"{name}.png", content)
    return drawn


def draw_pictures(report: Report) -> Iterator[tuple[str, bytes]]:
    """Draw every picture that there is something to show in, as PNG by name."""
    from trainer.report import pictures  # noqa: PLC0415 - matplotlib, which only this needs

    run, rests = report.run, rests_on(report.run)
    for net in run.nets:
        if net.history:
            yield f"{CURVES}-{net.net}", pictures.curves(net, rests)
    if run.standard is None:
        return
    yield CONFUSION, pictures.confusion(run.standard, rests)
    cell = report.figures and report.figures.cell(run.standard.net, run.standard.classifier)
    if cell:
        yield RELIABILITY, pictures.reliability(cell, rests)
    faces = _faces(report, rests)
    if faces:
        yield RIGHT_AND_WRONG, faces


def _faces(report: Report, rests: str) -> bytes | None:
    from trainer.report.face_grid import right_and_wrong  # noqa: PLC0415 - matplotlib, as above

    standard, snapshot = report.run.standard, report.snapshot
    if standard is None or snapshot is None:
        return None
    tested = read_test_predictions(report.folder, standard.net, standard.classifier, snapshot.faces)
    return right_and_wrong(snapshot, tested, report.run.seed, rests) if tested else None
