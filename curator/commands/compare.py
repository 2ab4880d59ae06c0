"""Two snapshots beside each other."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import pandas as pd
import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.compare_snapshots import Comparison, compare_snapshots
from curator.steps.find_snapshot import find_snapshot
from db.manifest import Snapshot
from db.project import DATABASE_NAME, open_project
from db.terminal import RESULTS, AsJson, say, table

_SECTIONS = {
    "added": ("added", ["face_id", "label", "split"]),
    "dropped": ("dropped", ["face_id", "label", "split", "cause"]),
    "relabelled": ("relabelled", ["face_id", "old_label", "new_label", "cause"]),
    "moved": ("moved between splits", ["face_id", "label", "old_split", "new_split"]),
}


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


def _compared(old: Snapshot, new: Snapshot, project: ProjectFolder) -> Comparison:
    if not (project / DATABASE_NAME).is_file():  # folders alone can be compared too
        return compare_snapshots(old, new, None)
    with open_project(project).reading() as session:
        return compare_snapshots(old, new, session)


def _sentences(found: Comparison) -> Iterator[Sequence[str]]:
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
