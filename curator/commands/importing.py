"""Bring images into a project: init, import, fetch, detect."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Any

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.faces.detector import DETECTORS
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name, why_missing
from curator.steps.faces.install_detector import detector_folder, install_detector
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.run_import import detect, run_import
from curator.steps.importing.sources import LAYOUTS
from curator.steps.process_pool import Workers
from db.project.project_folder import Project, make_project, open_project
from db.terminal import MESSAGES, RESULTS, AsJson, say, watched

Terms = Annotated[str, typer.Option(help="Licence or terms of use of the source.")]
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
            label_files=(folder / "labels.csv",),
        )
        return _taken_in(project, folder / "photos", choice)


def import_(
    origin: Annotated[
        Path, typer.Argument(help="A folder, a zip, a tar or a table of images.", exists=True)
    ],
    *,
    source: Annotated[str, typer.Option(help="Name of the source; its folder's by default.")] = "",
    terms: Terms = "",
    label_file: Annotated[
        list[Path] | None,
        typer.Option(
            "--label-file", "--legend", help="CSV of image, label, annotator. Repeatable."
        ),
    ] = None,
    subject_pattern: Annotated[
        str | None, typer.Option(help="Regular expression whose group 1 is the subject.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help=f"{', '.join(LAYOUTS)}; recognised by default.")
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(help="What a label's name means: contentment=happy, contempt=-. Repeatable."),
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            help="A label file's column: image=pic, label=class, annotator=who. Repeatable."
        ),
    ] = None,
    crops: Annotated[
        bool | None,
        typer.Option("--crops/--photos", help="Each image is one face; by their sizes by default."),
    ] = None,
    detector: DetectorName = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Take images in with the faces in them and what their source says of them."""
    choice = SourceChoice(
        name=source or origin.resolve().stem,
        terms=terms,
        label_files=tuple(_label_file_at(path, origin) for path in label_file or []),
        subject_pattern=subject_pattern,
        layout=layout,
        label_names=_pairs("name", name or []),
        columns=_pairs("column", column or []),
        holds_crops=crops,
    )
    _notice(detector)
    result = _taken_in(open_project(project), origin, choice, detector)
    say(result, as_json=as_json, text=_import_text(result))


def fetch(
    addresses: Annotated[
        Path, typer.Argument(help="A text file with an http(s) address a line.", exists=True)
    ],
    *,
    source: Annotated[str, typer.Option(help="Name of the source.")],
    terms: Terms = "",
    detector: DetectorName = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Fetch images from public addresses on the web and take them in."""
    from curator.steps.importing.web.import_from_web import (  # noqa: PLC0415 - only here the web is asked
        import_from_web,
    )

    _notice(detector)
    opened = open_project(project)
    urls = addresses.read_text(encoding="utf-8").splitlines()
    choice = SourceChoice(name=source, terms=terms)
    with Workers() as workers:
        steps = import_from_web(opened, urls, choice, detector=detector, executor=workers)
        result = watched(steps)
    say(result, as_json=as_json, text=_import_text(result))


def _pairs(option: str, stated: list[str]) -> dict[str, str]:
    pairs = dict(one.rpartition("=")[::2] for one in stated)
    if "" in pairs:
        raise CuratorError(f"--{option} must be NAME=MEANING. Received: {', '.join(stated)}")
    return pairs


def _notice(detector: str | None) -> None:
    if detector is None and (reason := why_missing(next(iter(DETECTORS)))):
        MESSAGES.print(f"{reason} {default_detector_name()} looks for faces.", markup=False)


def _label_file_at(path: Path, origin: Path) -> Path:
    return path if path.exists() or not (origin / path).exists() else origin / path


def _taken_in(
    project: Project, origin: Path, choice: SourceChoice, detector: str | None = None
) -> dict[str, Any]:
    with Workers() as workers:
        return watched(run_import(project, origin, choice, detector=detector, executor=workers))


def _import_text(result: dict[str, Any]) -> str:
    whole = ", each image as one face" if result["holds_crops"] else ""
    lines = [
        f"Read as {result['layout']}{whole}; faces by {result['detector']}",
        f"{result['imported']:,} images imported, {result['known']:,} were there already",
        f"{result['faces']:,} faces found; {result['without_face']:,} images without one",
        f"{result['labels']:,} labels of the source, {result['labels_placed']:,} placed on faces",
        f"{len(result['issues']):,} issues:",
        *(f"  {issue['item']}: {issue['reason']}" for issue in result["issues"]),
    ]
    return "\n".join(lines)


def install_detector_(
    file: Annotated[Path, typer.Argument(help="A YuNet of the OpenCV Zoo.", exists=True)],
    *,
    sha256: Annotated[str, typer.Option(help="What its publisher states.")] = "",
) -> None:
    """Install a YuNet model file, once for all projects of this user."""
    installed = install_detector(file, detector_folder(), sha256=sha256)
    RESULTS.print(f"YuNet is installed in {installed}.", markup=False)


def detect_(
    *,
    detector: DetectorName = None,
    again: Annotated[
        bool, typer.Option(help="Look again at images in which no face was found.")
    ] = False,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Find the faces in images that no detector has looked at."""
    _notice(detector)
    with Workers() as workers:
        steps = detect(open_project(project), detector=detector, again=again, executor=workers)
        found = watched(steps)
    text = f"{found['faces']:,} faces found in {found['images']:,} images"
    say(found, as_json=as_json, text=text)
