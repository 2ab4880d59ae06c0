"""Serve the app: Streamlit's pages and our routes in one process, behind the wall."""

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.types import ASGIApp
from typing_extensions import override

from curator.app.common.state import use_project
from curator.app.people.access_control import AccessControl
from curator.app.people.addresses import is_loopback
from curator.app.people.openid_provider import Provider
from curator.app.people.sessions import Visitors
from curator.app.routes import starlette_routes
from curator.errors import CuratorError
from curator.steps.people.accounts import has_accounts
from db.project.project_folder import Project

if TYPE_CHECKING:
    from curator.app.people.openid_client import OpenId

SCRIPT = Path(__file__).parent / "main.py"
STOP_SECONDS = 3


@dataclass(frozen=True)
class Outside:
    """What stands between the app and the people.

    Attributes:
        proxy: The address of the reverse proxy, whose word on who is calling and over
            which scheme is believed; nobody's is without one.
        provider: Where people can sign in beside passwords.
    """

    proxy: str | None = None
    provider: Provider | None = None


_NOTHING_OUTSIDE = Outside()


def make_app(project: Project, provider: Provider | None = None) -> ASGIApp:
    """Make the whole app of a project, to be served by one process with one worker.

    Streamlit keeps its sessions in memory, so that a second worker would not know them.
    Its options lie in `.streamlit/config.toml` beside the script.
    """
    use_project(project)
    wall = Middleware(AccessControl, visitors=Visitors(project, _open_id(provider)))
    return st.App(SCRIPT, routes=starlette_routes(), middleware=[wall])


def _open_id(provider: Provider | None) -> "OpenId | None":
    if provider is None:
        return None
    from curator.app.people.openid_client import OpenId  # noqa: PLC0415 - only here Authlib is needed

    return OpenId(provider)


def serve(
    project: Project,
    host: str,
    port: int,
    on_started: Callable[[str], None] | None = None,
    outside: Outside = _NOTHING_OUTSIDE,
) -> None:
    """Serve a project until the process is asked to stop.

    Args:
        on_started: Called once with the address when the app answers.

    Raises:
        CuratorError: The host lets others in and nobody has an account, or the port is
            taken.
    """
    _check_host(project, host)
    listener = _listener(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
    config = _config(make_app(project, outside.provider), outside.proxy)
    _Server(config, address, on_started).run(sockets=[listener])


def _check_host(project: Project, host: str) -> None:
    if is_loopback(host):
        return
    with project.reading() as session:
        if has_accounts(session):
            return
    raise CuratorError(
        f"Expected an address of this machine (127.0.0.1) while nobody has an account. "
        f"Received: {host}. To let others in, make one: curator people add NAME --role owner"
    )


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        raise CuratorError(
            f"The app cannot answer at {host}:{port} ({error.strerror}). Choose another port: "
            f"curator app --port {port + 1}"
        ) from None


def _config(app: ASGIApp, proxy: str | None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        # asyncio's own loop leaves Nagle's algorithm on: every answer waits 42 ms.
        loop="asyncio" if sys.platform == "win32" else "uvloop",
        ws="websockets-sansio",
        log_level="warning",
        access_log=False,
        server_header=False,
        # Who came through a proxy is not for the client to claim.
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy or "",
        timeout_graceful_shutdown=STOP_SECONDS,
    )


class _Server(uvicorn.Server):
    """A server that says when it answers."""

    def __init__(
        self, config: uvicorn.Config, address: str, on_started: Callable[[str], None] | None
    ) -> None:
        super().__init__(config)
        self._address = address
        self._on_started = on_started

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._on_started is not None:
            self._on_started(self._address)
