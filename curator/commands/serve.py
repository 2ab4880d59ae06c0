"""The app and its workers."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curator.commands.options import DEFAULT_PROJECT, ProjectFolder
from curator.errors import CuratorError
from curator.steps.snapshots.sweep_snapshots import sweep_snapshots
from curator.workers import running_workers
from db.jobs.queue import WorkerName
from db.jobs.worker import work
from db.project.project_folder import open_project
from db.terminal import MESSAGES, RESULTS

if TYPE_CHECKING:
    from curator.app.people.openid_provider import Provider

_OIDC = "Sign-in by OpenID Connect"


def app(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; others need accounts.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8501,
    proxy: Annotated[
        str | None,
        typer.Option(help="Address of the reverse proxy whose X-Forwarded headers are believed."),
    ] = None,
    address: Annotated[
        str | None,
        typer.Option(envvar="CURATOR_ADDRESS", help="The app in a browser: https://label.example"),
    ] = None,
    oidc_issuer: Annotated[
        str | None,
        typer.Option(
            envvar="CURATOR_OIDC_ISSUER",
            rich_help_panel=_OIDC,
            help="The provider's address, exactly as its discovery document writes it.",
        ),
    ] = None,
    oidc_client_id: Annotated[
        str | None,
        typer.Option(
            envvar="CURATOR_OIDC_CLIENT_ID", rich_help_panel=_OIDC, help="This app's name there."
        ),
    ] = None,
    oidc_secret_file: Annotated[
        Path | None,
        typer.Option(
            envvar="CURATOR_OIDC_SECRET_FILE",
            rich_help_panel=_OIDC,
            help="File with this app's secret there; or set CURATOR_OIDC_SECRET.",
        ),
    ] = None,
    oidc_title: Annotated[
        str,
        typer.Option(
            envvar="CURATOR_OIDC_TITLE", rich_help_panel=_OIDC, help="What the button calls it."
        ),
    ] = "your organisation",
    project: ProjectFolder = DEFAULT_PROJECT,
) -> None:
    """Start the app and the workers that do its jobs; Ctrl+C ends them all."""
    from curator.app.server import Outside, serve  # noqa: PLC0415 - only this command needs Streamlit

    opened = open_project(project)
    provider = _provider(oidc_issuer, oidc_client_id, oidc_secret_file, oidc_title, address)
    outside = Outside(proxy, provider)
    with running_workers(opened.folder):
        serve(opened, host, port, lambda url: RESULTS.print(f"Open {url}"), outside)


def _provider(
    issuer: str | None,
    client_id: str | None,
    secret_file: Path | None,
    title: str,
    address: str | None,
) -> "Provider | None":
    if issuer is None and client_id is None and secret_file is None:
        return None
    if not issuer or not client_id or not address:
        raise CuratorError(
            "Sign-in by OpenID Connect needs --oidc-issuer, --oidc-client-id and --address."
        )
    from curator.app.people.openid_provider import Provider  # noqa: PLC0415 - of the app, which only serving needs

    return Provider(issuer, client_id, _secret(secret_file), title, address)


def _secret(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get("CURATOR_OIDC_SECRET") or None
    try:
        return file.read_text(encoding="utf-8").strip() or None
    except OSError as error:
        raise CuratorError(f"The secret in {file} cannot be read: {error.strerror}") from None


def worker(*, project: ProjectFolder = DEFAULT_PROJECT) -> None:
    """Do the jobs of a project; the app starts this by itself."""
    from curator.jobs import JOBS  # noqa: PLC0415 - only this command needs the steps of jobs
    from curator.steps.maintenance.erase import finish_erasures  # noqa: PLC0415

    opened = open_project(project)
    with opened.writing() as session:
        sweep_snapshots(opened, session)
        try:
            finish_erasures(opened, session, datetime.now(UTC))
        except CuratorError as error:  # the jobs can be done all the same
            MESSAGES.print(str(error), markup=False)
    work(opened, WorkerName.CURATOR, JOBS)
