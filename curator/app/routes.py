"""What the app serves beside its pages, as one table."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

from curator.app.exports.export_routes import made_export, snapshot_crop, snapshot_zip
from curator.app.faces.picture_routes import face_crop, face_view, place_of_face, source_image
from curator.app.labelling.label_routes import labels, me, own_annotations
from curator.app.models.live_routes import live, promoted_net
from curator.app.people.access_control import person_of
from curator.app.people.openid_provider import CALLBACK_PATH, PROVIDER_PATH
from curator.app.people.openid_routes import ProviderSession, from_provider, to_provider
from curator.app.people.sign_in import sign_in_page, sign_out_page, signed_in, signed_out
from curator.app.project.audit_routes import audit_csv
from db.tables.people import Role

Endpoint = Callable[[Request], Awaitable[Response]]
SocketEndpoint = Callable[[WebSocket], Awaitable[None]]

NO_ROLE = 4403


class AppRoute(NamedTuple):
    """One address of the app.

    Attributes:
        path: With Starlette's placeholders.
        method: GET, or POST for what changes something.
        needed: The least role that may use it; None lets everybody in.
        endpoint: What answers.
        around: What stands around it.
    """

    path: str
    method: str
    needed: Role | None
    endpoint: Endpoint
    around: Sequence[Middleware] = ()


class AppSocket(NamedTuple):
    """One address of the app that a browser keeps talking to.

    Attributes:
        path: The address.
        needed: The least role that may use it.
        endpoint: What answers.
    """

    path: str
    needed: Role
    endpoint: SocketEndpoint


ROUTES = [
    AppRoute("/sign-in", "GET", None, sign_in_page),
    AppRoute("/sign-in", "POST", None, signed_in),
    AppRoute(PROVIDER_PATH, "GET", None, to_provider, [Middleware(ProviderSession)]),
    AppRoute(CALLBACK_PATH, "GET", None, from_provider, [Middleware(ProviderSession)]),
    AppRoute("/sign-out", "GET", Role.ANNOTATOR, sign_out_page),
    AppRoute("/sign-out", "POST", Role.ANNOTATOR, signed_out),
    AppRoute("/api/me", "GET", Role.ANNOTATOR, me),
    AppRoute("/api/labels", "POST", Role.ANNOTATOR, labels),
    AppRoute("/api/mine", "GET", Role.ANNOTATOR, own_annotations),
    AppRoute("/api/faces/{face_id:int}", "GET", Role.ANNOTATOR, place_of_face),
    AppRoute("/api/views/{face_id:int}", "GET", Role.ANNOTATOR, face_view),
    AppRoute("/api/crops/{face_id:int}", "GET", Role.ANNOTATOR, face_crop),
    AppRoute("/api/images/{image_id:int}", "GET", Role.ANNOTATOR, source_image),
    AppRoute("/api/standard/{format}", "GET", Role.REVIEWER, promoted_net),
    AppRoute("/api/audit.csv", "GET", Role.OWNER, audit_csv),
    AppRoute("/api/snapshots/{snapshot_id:int}/{format}.zip", "GET", Role.OWNER, snapshot_zip),
    AppRoute("/api/exports/{name}", "GET", Role.OWNER, made_export),
    AppRoute(
        "/api/snapshots/{snapshot_id:int}/crops/{sha256}.png", "GET", Role.OWNER, snapshot_crop
    ),
]
SOCKETS = [AppSocket("/api/live", Role.REVIEWER, live)]


def starlette_routes() -> list[BaseRoute]:
    """Make Starlette's routes of both tables."""
    return [
        *(
            Route(
                route.path,
                _for_role(route.endpoint, route.needed),
                methods=[route.method],
                middleware=route.around,
            )
            for route in ROUTES
        ),
        *(WebSocketRoute(socket.path, _talking_to_role(socket)) for socket in SOCKETS),
    ]


def _talking_to_role(route: AppSocket) -> SocketEndpoint:
    async def talk(socket: WebSocket) -> None:
        person = person_of(socket)
        if person is None or not person.role.may(route.needed):
            await socket.accept()  # only then a browser learns the code
            await socket.close(NO_ROLE)
            return
        await route.endpoint(socket)

    return talk


def _for_role(endpoint: Endpoint, needed: Role | None) -> Endpoint:
    async def answer(request: Request) -> Response:
        person = person_of(request)
        if needed is not None and (person is None or not person.role.may(needed)):
            return PlainTextResponse(f"This needs the role {needed}. Ask an owner.", 403)
        return await endpoint(request)

    return answer
