"""From photos to settled labels: init, import, detect, dedup, settle, status."""

from dataclasses import asdict
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.fan_out import process_executor
from curator.steps.find_duplicates import find_duplicates
from curator.steps.import_images import SourceChoice
from curator.steps.overview import overview
from curator.steps.project_settings import change_settings
from curator.steps.settle_labels import project_rule
from curator.steps.take_in import detect, take_in
from db.labels import ConsensusMethod
from db.progress import committing
from db.project import Project, make_project, open_project
from db.terminal import RESULTS, AsJson, say, table, watched

DetectorName = Annotated[str | None, typer.Option("--detector", help="yunet or haar.")]


def init(
    folder: Annotated[Path, typer.Argument(help="A new or an empty folder.")] = Path("project"),
    *,
    sample: Annotated[bool, typer.Option(help="Import the drawn sample faces.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a project; with --sample, one to try things on."""
    project = make_project(folder)
    result: dict[str, Any] = {"project": str(project.folder)}
    if sample:
        result |= _take_in_sample(project)
    say(result, as_json=as_json, text=f"Project in {project.folder}")


def _take_in_sample(project: Project) -> dict[str, Any]:
    with as_file(files("sample_data")) as folder:
        choice = SourceChoice(
            name="sample faces",
            terms="CC0-1.0, drawn by sample_data; no person is shown",
            legends=(folder / "labels.csv",),
        )
        return _taken_in(project, folder / "photos", choice)


def import_(
    origin: Annotated[Path, typer.Argument(help="A folder or a zip of photos.", exists=True)],
    *,
    source: Annotated[str, typer.Option(help="Name of the source; its folder's by default.")] = "",
    terms: Annotated[str, typer.Option(help="Licence or terms of use of the source.")] = "",
    legend: Annotated[
        list[Path] | None, typer.Option(help="CSV of image, label, annotator. Repeatable.")
    ] = None,
    subject_pattern: Annotated[
        str | None, typer.Option(help="Regular expression whose group 1 is the subject.")
    ] = None,
    detector: DetectorName = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Take a folder or a zip of photos in and find the faces."""
    choice = SourceChoice(
        name=source or origin.resolve().stem,
        terms=terms,
        legends=tuple(_legend_at(path, origin) for path in legend or []),
        subject_pattern=subject_pattern,
    )
    result = _taken_in(open_project(project), origin, choice, detector)
    say(result, as_json=as_json, text=_import_text(result))


def _legend_at(path: Path, origin: Path) -> Path:
    return path if path.exists() or not (origin / path).exists() else origin / path


def _taken_in(
    project: Project, origin: Path, choice: SourceChoice, detector: str | None = None
) -> dict[str, Any]:
    with process_executor() as executor:
        return watched(take_in(project, origin, choice, detector=detector, executor=executor))


def _import_text(result: dict[str, Any]) -> str:
    imported, found = result["import"], result["detect"]
    lines = [
        f"{imported['imported']:,} images imported, {imported['known']:,} were there already",
        f"{found['faces']:,} faces found; {found['without_face']:,} images without one",
        f"{found['labels_placed']:,} labels of the source placed on faces",
    ]
    issues = [*imported["issues"], *found["issues"]]
    lines += [f"{len(issues):,} issues:", *(f"  {i['item']}: {i['reason']}" for i in issues)]
    return "\n".join(lines)


def detect_(
    *,
    detector: DetectorName = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Find the faces in images that no detector has looked at."""
    with process_executor() as executor:
        found = watched(detect(open_project(project), detector=detector, executor=executor))
    text = f"{found['faces']:,} faces found in {found['images']:,} images"
    say(found, as_json=as_json, text=text)


def dedup(
    *,
    distance: Annotated[
        int | None, typer.Option(help="Most bits by which hashes differ.", min=0, max=64)
    ] = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Find the faces that show the same picture."""
    opened = open_project(project)
    with opened.writing() as session:
        report = watched(committing(session, find_duplicates(opened, session, distance)))
    text = (
        f"{report.groups:,} groups with {report.duplicates:,} duplicates, "
        f"{report.exact:,} of them exact, among {report.faces:,} faces"
    )
    say(asdict(report), as_json=as_json, text=text)


def settle(
    *,
    min_votes: Annotated[int | None, typer.Option(help="Fewest annotations a face needs.")] = None,
    min_share: Annotated[float | None, typer.Option(help="Smallest share for one label.")] = None,
    method: Annotated[
        ConsensusMethod | None, typer.Option(help="How annotations become a label.")
    ] = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Choose when annotations settle a label, and say what is settled."""
    opened = open_project(project)
    wanted = {"min_votes": min_votes, "min_share": min_share, "consensus": method}
    with opened.writing() as session:
        stated = {name: value for name, value in wanted.items() if value is not None}
        change_settings(session, stated, by=None, now=datetime.now(UTC))
        session.commit()
        rule, counts = project_rule(session), overview(session)
    text = (
        f"{counts.settled:,} of {counts.faces:,} faces settled ({counts.labelled:,} labelled) "
        f"by {rule.method}"
    )
    say({"rule": asdict(rule), **asdict(counts)}, as_json=as_json, text=text)


def status(*, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """Say where the project stands."""
    with open_project(project).reading() as session:
        counts = asdict(overview(session))
    if as_json:
        say(counts, as_json=True, text="")
        return
    by_label = counts.pop("by_label")
    RESULTS.print(table(["", "count"], [[name.replace("_", " "), n] for name, n in counts.items()]))
    RESULTS.print(table(["label", "settled"], [[label, n] for label, n in by_label.items()]))
