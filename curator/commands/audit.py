"""The audit trail: who did what and when."""

from pathlib import Path
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.audit_trail import AuditLine, Wanted, audit_trail, in_words
from curator.steps.export_audit import csv_chunks
from db.project import open_project
from db.storage import written_whole
from db.terminal import RESULTS, AsJson, say, table


def audit(
    *,
    face: Annotated[int | None, typer.Option(help="Only what was done on this face.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write the whole trail into a file.")] = None,
    count: Annotated[int, typer.Option(help="Lines to show, the newest.", min=1)] = 50,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show who did what and when, the newest first."""
    opened = open_project(project)
    wanted = Wanted(face_id=face)
    if csv is not None:
        with written_whole(csv) as aside, aside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(csv_chunks(opened, wanted))
        say({"file": str(csv)}, as_json=as_json, text=f"The audit trail is in {csv}.")
        return
    with opened.reading() as session:
        lines = audit_trail(session, wanted, count=count)
    if as_json:
        say({"lines": [_as_object(line) for line in lines]}, as_json=True, text="")
        return
    rows = [_as_row(line) for line in lines]
    RESULTS.print(table(["at (UTC)", "by", "face", "kind", "what", "details"], rows))


def _as_object(line: AuditLine) -> dict[str, object]:
    return {
        "at": line.place.at.isoformat(),
        "by": line.by or None,
        "face": line.face_id,
        "kind": line.place.kind,
        "what": line.what,
        "details": line.details,
    }


def _as_row(line: AuditLine) -> list[object]:
    at, by = f"{line.place.at:%Y-%m-%d %H:%M:%S}", line.by or "a command"
    face = "" if line.face_id is None else str(line.face_id)
    return [at, by, face, line.place.kind, line.what, in_words(line.details)]
