"""The choices of a project, and who changed what when."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.errors import CuratorError
from curator.steps.project.audit_trail import AuditLine, Wanted, audit_trail, in_words
from curator.steps.project.export_audit import csv_chunks
from curator.steps.project.settings import CHOICES, change_settings, project_settings
from db.files.blobs import written_whole
from db.project.project_folder import open_project
from db.terminal import RESULTS, AsJson, say, table

settings = typer.Typer(help="The choices of a project.", invoke_without_command=True)


@settings.callback()
def show(
    context: typer.Context,
    *,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Show the choices of a project, or change some: curator settings set NAME=VALUE."""
    if context.invoked_subcommand is not None:
        return
    with open_project(project).reading() as session:
        chosen = project_settings(session)
    if as_json:
        say(chosen, as_json=True, text="")
        return
    rows: list[list[object]] = [
        [name, str(value), CHOICES[name].meaning] for name, value in chosen.items()
    ]
    RESULTS.print(table(["name", "value", "meaning"], rows))


@settings.command(name="set")
def set_(
    wanted: Annotated[list[str], typer.Argument(help="Choices, such as first_votes=2.")],
    *,
    project: ProjectFolder = DEFAULT_PROJECT,
    as_json: AsJson = False,
) -> None:
    """Change some choices, all or none."""
    with open_project(project).writing() as session:
        changed = change_settings(session, dict(map(_split, wanted)), None, datetime.now(UTC))
        session.commit()
    lines = [f"{name}: {old} → {new}" for name, (old, new) in changed.items()]
    result = {name: list(values) for name, values in changed.items()}
    say({"changed": result}, as_json=as_json, text="\n".join(lines) or "Nothing has changed.")


def _split(stated: str) -> tuple[str, str]:
    name, equals, value = stated.partition("=")
    if not equals:
        raise CuratorError(f"Expected NAME=VALUE, such as first_votes=2. Received: {stated!r}")
    return name.strip(), value.strip()


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
