"""The routes behind the wall, as one app without Streamlit."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from curator.app.common.state import use_project
from curator.app.people.access_control import COOKIE, AccessControl
from curator.app.people.sessions import Visitors
from curator.app.routes import starlette_routes
from curator.steps.people.accounts import revoke
from curator.steps.people.sessions import sign_in
from db.project.project_folder import Project
from db.tables import Role
from tests.app.asgi import Answer, Asked, ask
from tests.makers import NOW, add_person, copy_of, make_empty_project, make_face, new_scratch

PASSWORD = "correct horse"  # noqa: S105 - of nobody


async def _echo(request: Request) -> Response:
    return JSONResponse(dict(request.headers))


async def _stream(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.receive()


def make_app(project: Project) -> Starlette:
    """Put the wall before our routes, a page that echoes its headers, and a websocket."""
    use_project(project)
    routes = [
        *starlette_routes(),
        Route("/echo", _echo, methods=["GET", "POST"]),
        Route("/media/picture", _echo),
        WebSocketRoute("/_stcore/stream", _stream),
    ]
    return Starlette(
        routes=routes, middleware=[Middleware(AccessControl, visitors=Visitors(project))]
    )


def make_local_project(folder: Path) -> Project:
    """Make a project without accounts that holds face 1 in image 1."""
    return copy_of(_local_template(), folder)


def make_shared_project(folder: Path) -> tuple[Project, dict[str, str]]:
    """Make a project with one person of each role; return it and their cookies by name.

    `revoked` had an account; `anonymous` has no cookie.
    """
    template, cookies = _shared_template()
    return copy_of(template, folder), dict(cookies)


@cache
def _local_template() -> Path:
    project = make_empty_project(new_scratch())
    with project.writing() as session:
        make_face(project, session, seed=1)
        session.commit()
    project.engine.dispose()
    return project.folder


@cache
def _shared_template() -> tuple[Path, dict[str, str]]:
    project = make_local_project(new_scratch())
    cookies = {"anonymous": ""}
    now = datetime.now(UTC)
    with project.writing() as session:
        roles = {role.value: role for role in Role if role is not Role.SOURCE}
        for name, role in {**roles, "revoked": Role.OWNER}.items():
            annotator_id = add_person(session, name, role, PASSWORD, NOW)
            cookies[name] = f"{COOKIE}={sign_in(session, annotator_id, now)}"
        revoke(session, "revoked", now)
        session.commit()
    project.engine.dispose()
    return project.folder, cookies


def csrf_of(app: Starlette, cookie: str = "") -> dict[str, str]:
    """Ask who one is; return the headers that changes need."""
    token = me(app, cookie).json["csrf"]
    return {"Cookie": cookie, "X-CSRF-Token": token}


def me(app: Starlette, cookie: str = "") -> Answer:
    return ask(app, Asked("/api/me", headers={"Cookie": cookie}))
