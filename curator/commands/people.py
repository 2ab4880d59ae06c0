"""Accounts: who may sign in, and as what."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.steps.people import accounts, add_person, revoke, set_password
from db.people import Role
from db.project import open_project
from db.terminal import RESULTS, AsJson, say, table

people = typer.Typer(no_args_is_help=True, help="Accounts: who may sign in, and as what.")

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]
Password = Annotated[
    str,
    typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="CURATOR_PASSWORD"),
]


@people.command()
def add(
    name: Name,
    *,
    role: Annotated[Role, typer.Option(help="annotator, reviewer or owner.")] = Role.ANNOTATOR,
    password: Password,
    project: ProjectFolder = DEFAULT_PROJECT,
) -> None:
    """Make an account."""
    with open_project(project).writing() as session:
        add_person(session, name, role, password, datetime.now(UTC))
        session.commit()
    RESULTS.print(f"{name} may sign in as {role}.")


@people.command()
def password(name: Name, *, password: Password, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Give an account another password; whoever is signed in with it is signed out."""
    with open_project(project).writing() as session:
        set_password(session, name, password)
        session.commit()
    RESULTS.print(f"The password of {name} has been changed.")


@people.command()
def close(name: Name, *, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Close an account; its annotations stay."""
    with open_project(project).writing() as session:
        revoke(session, name, datetime.now(UTC))
        session.commit()
    RESULTS.print(f"{name} cannot sign in any more.")


@people.command(name="list")
def list_(*, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """List the accounts."""
    with open_project(project).reading() as session:
        rows: list[list[object]] = [
            [a.name, str(a.role), "closed" if a.revoked_at else "open"] for a in accounts(session)
        ]
    if as_json:
        names = ("name", "role", "state")
        say({"people": [dict(zip(names, row, strict=True)) for row in rows]}, as_json=True, text="")
    else:
        RESULTS.print(table(["name", "role", "state"], rows))
