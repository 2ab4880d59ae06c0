"""Accounts: who may sign in, and as what."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.errors import CuratorError
from curator.steps.people.accounts import (
    Account,
    accounts,
    add_account,
    revoke,
    set_email,
    set_password,
    set_role,
    sign_out_everywhere,
)
from db.project.project_folder import open_project
from db.tables.people import Annotator, Role
from db.terminal import RESULTS, AsJson, say, table

people = typer.Typer(no_args_is_help=True, help="Accounts: who may sign in, and as what.")

Name = Annotated[str, typer.Argument(help="The name to sign in with.")]
Password = Annotated[
    str,
    typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="CURATOR_PASSWORD"),
]


def _change(project: Path, step: Callable[[Session, datetime], object]) -> None:
    with open_project(project).writing() as session:
        step(session, datetime.now(UTC))
        session.commit()


@people.command()
def add(
    name: Name,
    *,
    role: Annotated[Role, typer.Option(help="annotator, reviewer or owner.")] = Role.ANNOTATOR,
    email: Annotated[
        str | None,
        typer.Option(help="Lets in through the provider whoever it vouches for under it."),
    ] = None,
    password: Annotated[
        bool, typer.Option("--password/--no-password", help="Whether to ask for a password.")
    ] = True,
    project: ProjectFolder = DEFAULT_PROJECT,
) -> None:
    """Make an account; it needs a password, an e-mail address, or both."""
    if not password and email is None:
        raise CuratorError("Without a password an account needs --email.")
    secret = _asked_password() if password else None
    _change(
        project, lambda session, now: add_account(session, Account(name, role, secret, email), now)
    )
    RESULTS.print(f"{name} may sign in as {role}.", markup=False)


def _asked_password() -> str:
    return os.environ.get("CURATOR_PASSWORD") or str(
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    )


@people.command()
def password(name: Name, *, password: Password, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Give an account another password; whoever is signed in with it is signed out."""
    _change(project, lambda session, now: set_password(session, name, password, now))
    RESULTS.print(f"The password of {name} has been changed.")


@people.command()
def close(name: Name, *, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Close an account; its annotations stay."""
    _change(project, lambda session, now: revoke(session, name, now))
    RESULTS.print(f"{name} cannot sign in any more.")


@people.command()
def email(
    name: Name,
    address: Annotated[str, typer.Argument(help="The address that the provider vouches for.")],
    *,
    project: ProjectFolder = DEFAULT_PROJECT,
) -> None:
    """Give an account another e-mail address; whoever is signed in with it is signed out."""
    _change(project, lambda session, now: set_email(session, name, address, now))
    RESULTS.print(f"{name} may sign in as {address}.", markup=False)


@people.command()
def role(
    name: Name,
    role: Annotated[Role, typer.Argument(help="annotator, reviewer or owner.")],
    *,
    project: ProjectFolder = DEFAULT_PROJECT,
) -> None:
    """Give an account another role; it holds at once."""
    _change(project, lambda session, now: set_role(session, name, role, now))
    RESULTS.print(f"{name} is {role} now.", markup=False)


@people.command()
def sign_out(name: Name, *, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Sign an account out on every device; it can sign in again."""
    _change(project, lambda session, now: sign_out_everywhere(session, name, now))
    RESULTS.print(f"{name} is signed out everywhere.", markup=False)


@people.command(name="list")
def list_(*, project: ProjectFolder = DEFAULT_PROJECT, as_json: AsJson = False) -> None:
    """List the accounts."""
    names = ["name", "role", "state", "signs_in_by"]
    with open_project(project).reading() as session:
        rows: list[list[object]] = [
            [a.name, str(a.role), "closed" if a.revoked_at else "open", _doors(a)]
            for a in accounts(session)
        ]
    if as_json:
        say({"people": [dict(zip(names, row, strict=True)) for row in rows]}, as_json=True, text="")
    else:
        RESULTS.print(table([name.replace("_", " ") for name in names], rows))


def _doors(account: Annotator) -> str:
    doors = ["password"] if account.password_hash else []
    return ", ".join([*doors, account.email] if account.email else doors)
