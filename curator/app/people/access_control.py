"""The wall before everything that is served: who may come in, and as whom.

It is plain ASGI because Starlette's own middleware never sees websockets.
"""

import asyncio
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from curator.app.common.state import ANNOTATOR_HEADER
from curator.app.people.addresses import host_name, is_loopback
from curator.app.people.openid_provider import CALLBACK_PATH, PROVIDER_PATH
from curator.app.people.sessions import TRUST_SECONDS, Visitors
from curator.steps.people.accounts import Person
from db.project.project_folder import Project

COOKIE = "curator_sign_in"
SIGN_IN_PATH = "/sign-in"
OPEN_PATHS = frozenset({SIGN_IN_PATH, PROVIDER_PATH, CALLBACK_PATH, "/_stcore/health"})
# What Streamlit serves and nobody here needs: figures of the process, a sign-in of its
# own, and a door for programs that press the pages' buttons.
SHUT_PATHS = ("/_stcore/metrics", "/_stcore/agent", "/auth", "/oauth2callback")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SIGNED_OUT = 4401

_IDENTITY_PREFIX = b"x-curator-"
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-real-ip"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Streamlit's own scripts need their freedom; what is shown and sent stays with this app.
_CONTENT_POLICY = (
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' data: blob:; frame-ancestors 'none'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
_SECURITY_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NEEDS_ACCOUNTS = (
    "This project has no accounts, so only the person at this machine may open it. "
    "To let others in, make one: curator people add NAME --role owner"
)


class AccessControl:
    """Let through who may come in, tell the app who it is, and turn the rest away.

    A project without accounts is local: whoever sits at this machine is its one person.
    With accounts a sign-in is needed.
    """

    def __init__(self, app: ASGIApp, visitors: Visitors) -> None:
        self._app = app
        self._visitors = visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one websocket."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        scope = _without_claims(scope)
        hardened_send = _hardened(scope, send)
        refusal = await self._refusal(scope)
        if refusal is not None:
            await _refuse(refusal, scope, receive, hardened_send)
        elif scope["type"] == "websocket":
            await self._while_in(scope, receive, hardened_send)
        else:
            await self._app(scope, receive, hardened_send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """Say why a request may not pass, or put who sends it into its scope."""
        visit = await self._visitors.visit(token_of(scope))
        if visit.is_local and not _is_from_this_machine(scope):
            return PlainTextResponse(_NEEDS_ACCOUNTS, 403)
        if _is_from_another_site(scope):
            return PlainTextResponse("This request came from another site.", 403)
        scope["state"] = {**scope.get("state", {}), "visitors": self._visitors, "visit": visit}
        if visit.person is not None:
            _identify(scope, visit.person)
        elif scope["path"] not in OPEN_PATHS:
            return _to_sign_in(scope)
        if _is_shut(scope["path"]):
            return PlainTextResponse("There is no such page.", 404)
        return None

    async def _while_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a websocket until it ends or its person is signed out."""
        out = asyncio.create_task(self._signed_out(token_of(scope)))

        async def receive_while_in() -> Message:
            message = asyncio.ensure_future(receive())
            await asyncio.wait({message, out}, return_when=asyncio.FIRST_COMPLETED)
            if message.done():
                return message.result()
            message.cancel()
            await send({"type": "websocket.close", "code": SIGNED_OUT})
            return {"type": "websocket.disconnect", "code": SIGNED_OUT}

        async def send_while_in(message: Message) -> None:
            if not out.done():
                await send(message)

        try:
            await self._app(scope, receive_while_in, send_while_in)
        finally:
            out.cancel()

    async def _signed_out(self, token: str) -> None:
        while (await self._visitors.visit(token)).person is not None:
            await asyncio.sleep(TRUST_SECONDS)


def visitors_of(connection: HTTPConnection) -> Visitors:
    """Return the visitors of the wall that a request came through."""
    visitors: Visitors = connection.state.visitors
    return visitors


def project_of(connection: HTTPConnection) -> Project:
    """Return the project that a request is about."""
    return visitors_of(connection).project


def person_of(connection: HTTPConnection) -> Person | None:
    """Return who sent a request; nobody on the open paths."""
    person: Person | None = connection.state.visit.person
    return person


def token_of(scope: Scope) -> str:
    """Return the token in a request's cookie, or nothing."""
    return HTTPConnection(scope).cookies.get(COOKIE, "")


def _without_claims(scope: Scope) -> Scope:
    # Only the wall says who somebody is: what a client claims in these headers goes.
    kept = [pair for pair in scope["headers"] if not pair[0].lower().startswith(_IDENTITY_PREFIX)]
    return {**scope, "headers": kept}


def _identify(scope: Scope, person: Person) -> None:
    header = (ANNOTATOR_HEADER.lower().encode(), str(person.id).encode())
    scope["headers"] = [*scope["headers"], header]


def _is_from_this_machine(scope: Scope) -> bool:
    """Tell whether a request comes from this machine and knows it by a name of its own.

    The name guards against DNS rebinding: a foreign page whose name suddenly points here.
    A proxy brings requests of others, so what is forwarded is not from here.
    """
    headers = Headers(scope=scope)
    client = scope.get("client")
    return (
        (client is None or is_loopback(client[0]))
        and host_name(headers.get("host", "")) in LOCAL_HOSTS
        and _FORWARDED.isdisjoint(headers.keys())
    )


def _is_from_another_site(scope: Scope) -> bool:
    if scope["type"] == "http" and scope["method"] in _SAFE_METHODS:
        return False
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
    return urlsplit(origin).netloc != headers.get("host")


def _is_shut(path: str) -> bool:
    return any(path == shut or path.startswith(f"{shut}/") for shut in SHUT_PATHS)


def _to_sign_in(scope: Scope) -> Response:
    wants_page = "text/html" in Headers(scope=scope).get("accept", "")
    if wants_page and scope["type"] == "http" and scope["method"] == "GET":
        return RedirectResponse(f"{SIGN_IN_PATH}?next={quote(scope['path'])}", 303)
    return PlainTextResponse("Sign in first.", 401)


async def _refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await refusal(scope, receive, send)
    else:
        await receive()
        await send({"type": "websocket.close", "code": SIGNED_OUT})


def _hardened(scope: Scope, send: Send) -> Send:
    async def hardened_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _SECURITY_HEADERS.items():
                headers[name] = value
            if scope["path"].startswith("/media/"):
                headers["Cache-Control"] = "private, no-store"
        await send(message)

    return hardened_send
