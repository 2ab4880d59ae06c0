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
from curator.steps.export_snapshot import export_folder
from curator.steps.find_snapshot import find_snapshot
from curator.steps.freeze_snapshot import freeze
from curator.steps.preview_snapshot import Preview, preview
from db.manifest import damaged_files
from db.progress import committing
from db.project import open_project
from db.terminal import MESSAGES, AsJson, say, table, watched

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
    out: Annotated[Path, typer.Argument(help="A new or an empty folder.")],
    *,
    format_: Annotated[str, typer.Option("--format", help="folders or csv.")] = "folders",
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Write a snapshot in a format that others read."""
    files = watched(export_folder(find_snapshot(snapshot, project), format_, out))
    say({"files": files, "folder": str(out)}, as_json=as_json, text=f"{files:,} files in {out}")


def verify(
    snapshot: SnapshotName, *, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False
) -> None:
    """Compare a snapshot with the hash it was frozen under; exit code 1 if it differs."""
    found = find_snapshot(snapshot, project)
    problems = damaged_files(found)
    text = "\n".join(problems) or f"{found.title} is as it was frozen: {found.content_hash}"
    result = {"title": found.title, "content_hash": found.content_hash, "problems": problems}
    say(result, as_json=as_json, text=text)
    if problems:
        raise typer.Exit(1)
