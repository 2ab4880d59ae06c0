"""From settled labels to a set that others can use: freeze, export, verify, compare."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.core.snapshots.recipe import PRESETS, Recipe, recipe_from_json
from curator.errors import CuratorError
from curator.steps.exports.export_snapshot import export_folder, export_zip
from curator.steps.exports.exported_file import ExportChoices
from curator.steps.exports.formats import FORMATS
from curator.steps.exports.open_export import open_export
from curator.steps.snapshots.compare_snapshots import SnapshotComparison, compare_snapshots
from curator.steps.snapshots.find_snapshot import find_snapshot, snapshot_folder
from curator.steps.snapshots.freeze_snapshot import freeze
from curator.steps.snapshots.preview_snapshot import Preview, preview
from db.jobs.progress import committing
from db.project.project_folder import DATABASE_NAME, open_project
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from db.snapshot_folder.verify import damaged_files
from db.terminal import MESSAGES, RESULTS, AsJson, say, table, watched

_FORMATS = "; ".join(f"{name}: {chosen.about}" for name, chosen in FORMATS.items()) + "."

SnapshotName = Annotated[str, typer.Argument(help="NAME@VERSION, or a snapshot's folder.")]
_SECTIONS = {
    "added": ("added", ["face_id", "label", "split"]),
    "dropped": ("dropped", ["face_id", "label", "split", "cause"]),
    "relabelled": ("relabelled", ["face_id", "old_label", "new_label", "cause"]),
    "moved": ("moved between splits", ["face_id", "label", "old_split", "new_split"]),
}


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
    for sentence in (
        *seen.sentences,
        *(threshold.in_words() for threshold in seen.quality_thresholds),
    ):
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


def compare(
    old: Annotated[str, typer.Argument(help="The older: NAME@VERSION, or a snapshot's folder.")],
    new: Annotated[str, typer.Argument(help="The newer.")],
    *,
    count: Annotated[int, typer.Option(help="Faces to show of each kind.", min=0)] = 20,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show what differs between two snapshots: faces, labels, splits, and why."""
    found = _compared(find_snapshot(old, project), find_snapshot(new, project), project)
    if as_json:
        say(found.as_json(), as_json=True, text="")
        return
    RESULTS.print(f"{found.old} → {found.new}: {found.difference.stayed:,} faces are in both")
    for lines in _sentences(found):
        RESULTS.print("\n".join(lines), markup=False)
    RESULTS.print(_laid_out(found.difference.counts))
    for name, (title, columns) in _SECTIONS.items():
        _show(title, getattr(found.difference, name)[columns], count)


def _compared(old: Snapshot, new: Snapshot, project: ProjectFolder) -> SnapshotComparison:
    if not (project / DATABASE_NAME).is_file():  # folders alone can be compared too
        return compare_snapshots(old, new, None)
    with open_project(project).reading() as session:
        return compare_snapshots(old, new, session)


def _sentences(found: SnapshotComparison) -> Iterator[Sequence[str]]:
    if found.choices:
        yield ["The recipes differ:", *(f"  {change.in_words()}" for change in found.choices)]
    if found.difference.migrations:
        yield [migration.in_words() for migration in found.difference.migrations]


def _show(title: str, rows: pd.DataFrame, count: int) -> None:
    RESULTS.print(f"\n{len(rows):,} {title}")
    if count and len(rows):
        RESULTS.print(_laid_out(rows.head(count)))
    if 0 < count < len(rows):
        RESULTS.print(f"and {len(rows) - count:,} more: --count, or --json for all")


def _laid_out(rows: pd.DataFrame) -> object:
    named = rows.astype({"face_id": "str"}) if "face_id" in rows else rows  # no count: no commas
    columns = [str(name).replace("_", " ") for name in rows]
    return table(columns, named.to_numpy(dtype="object").tolist())
