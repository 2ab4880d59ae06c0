"""From faces to settled labels: dedup, settle, status."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.disk_use import disk_use, size_in_words
from curator.steps.find_duplicates import find_duplicates
from curator.steps.overview import overview
from curator.steps.project_settings import change_settings
from curator.steps.settle_labels import project_rule
from db.labels import ConsensusMethod
from db.project import open_project
from db.terminal import RESULTS, AsJson, say, table, watched


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
    report = watched(find_duplicates(opened, distance, now=datetime.now(UTC)))
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
    """Say where the project stands, and what takes room in it."""
    opened = open_project(project)
    with opened.reading() as session:
        counts, rooms = asdict(overview(session)), disk_use(opened, session)
    if as_json:
        say({**counts, "disk": [asdict(room) for room in rooms]}, as_json=True, text="")
        return
    by_label = counts.pop("by_label")
    RESULTS.print(table(["", "count"], [[name.replace("_", " "), n] for name, n in counts.items()]))
    RESULTS.print(table(["label", "settled"], [[label, n] for label, n in by_label.items()]))
    sizes = [[room.kind, size_in_words(room.size_bytes), room.files] for room in rooms]
    RESULTS.print(table(["on disk", "size", "files"], sizes))
