"""The search for faces that show the same picture: dedup."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.duplicates.find_duplicates import find_duplicates
from db.project.project_folder import open_project
from db.terminal import AsJson, say, watched


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
