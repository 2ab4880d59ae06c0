"""The choices of a project."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.errors import CuratorError
from curator.steps.project_settings import CHOICES, change_settings, project_settings
from db.project import open_project
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
