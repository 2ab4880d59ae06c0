"""From settled labels to a set that others can use: freeze, export, verify."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.recipe import PRESETS, Recipe, recipe_from_json
from curator.errors import CuratorError
from curator.steps.export import FORMATS
from curator.steps.export.exported_file import ExportChoices
from curator.steps.export.pictures import open_export
from curator.steps.export_snapshot import export_folder, export_zip
from curator.steps.find_snapshot import find_snapshot, snapshot_folder
from curator.steps.freeze_snapshot import freeze
from curator.steps.preview_snapshot import Preview, preview
from db.manifest import read_snapshot
from db.progress import committing
from db.project import DATABASE_NAME, open_project
from db.snapshot_check import damaged_files
from db.terminal import MESSAGES, AsJson, say, table, watched

_FORMATS = "; ".join(f"{name}: {chosen.about}" for name, chosen in FORMATS.items()) + "."

SnapshotName = Annotated[str, typer.Argument(help="NAME@VERSION, or a snapshot's folder.")]


def freeze_(
    *,
    name: Annotated[str, typer.Option(help="What the snapshot is called.")],
    recipe: Annotated[str, typer.Option(help=f"A JSON file, or one of {', '.join(PRESETS)}.")],
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Freeze the faces that a recipe chooses into an immutable snapshot folder."""
    opened, choices = open_project(project), _recipe_named(recipe)
    with opened.reading() as session:
        _say_shortages(preview(session, choices, with_remedies=True))
    with opened.writing() as session:
        steps = freeze(opened, session, name, choices, now=datetime.now(UTC))
        report = watched(committing(session, steps))
    text = f"{report.title}: {report.faces:,} faces in {opened.folder / report.folder}"
    if not report.is_new:
        text += "\nNothing has changed since that version, so no new one was made."
    say(asdict(report), as_json=as_json, text=text)


def _recipe_named(name: str) -> Recipe:
    if name in PRESETS:
        return PRESETS[name]
    try:
        return recipe_from_json(json.loads(Path(name).read_text(encoding="utf-8")))
    except OSError as error:
        raise CuratorError(
            f"A recipe is a JSON file or one of {', '.join(PRESETS)}. "
            f"Received: {name!r} ({error.strerror})"
        ) from None
    except ValueError as error:
        raise CuratorError(f"{name} is no recipe: {error}") from error


def _say_shortages(seen: Preview) -> None:
    MESSAGES.print(table(list(seen.shortages.columns), seen.shortages.to_numpy().tolist()))
    for sentence in (*seen.sentences, *(floor.in_words() for floor in seen.floors)):
        MESSAGES.print(sentence, markup=False)


def export(
    snapshot: SnapshotName,
    out: Annotated[Path, typer.Argument(help="A new or an empty folder, or a new .zip file.")],
    *,
    format_: Annotated[str, typer.Option("--format", help=_FORMATS)] = "folders",
    labels: Annotated[
        str, typer.Option(help="hard, or soft: the shares of the votes too.")
    ] = "hard",
    pixels: Annotated[
        str, typer.Option(help="'as frozen', or cut again: colour, grey or paper.")
    ] = "as frozen",
    side: Annotated[int | None, typer.Option(help="Side of crops that are cut again, px.")] = None,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Write a snapshot in a format that others read."""
    wanted = {"labels": labels, "pixels": pixels} | ({} if side is None else {"side_px": str(side)})
    behind = open_project(project) if (project / DATABASE_NAME).is_file() else None
    going = open_export(find_snapshot(snapshot, project), ExportChoices.of(wanted), behind)
    write = export_zip if out.suffix == ".zip" else export_folder
    files = watched(write(going, format_, out))
    say({"files": files, "path": str(out)}, as_json=as_json, text=f"{files:,} files in {out}")


def verify(
    snapshot: SnapshotName, *, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False
) -> None:
    """Compare a snapshot with what was frozen, byte for byte; exit code 1 if it differs."""
    folder = snapshot_folder(snapshot, project)
    problems = damaged_files(folder)
    content_hash = None if problems else read_snapshot(folder).content_hash
    text = "\n".join(problems) or f"{folder.name} is as it was frozen: {content_hash}"
    result = {"title": folder.name, "content_hash": content_hash, "problems": problems}
    say(result, as_json=as_json, text=text)
    if problems:
        raise typer.Exit(1)
