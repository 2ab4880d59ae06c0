"""The way in through an OpenID Connect provider: there, and back."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from curator.app.people.access_control import person_of, project_of, visitors_of
from curator.app.people.addresses import own_path
from curator.app.people.openid_provider import SignInRefusedError
from curator.app.people.sign_in import is_over_tls, let_in, notice
from curator.steps.people.openid_accounts import OpenIdIdentity, annotator_of_identity
from db.project.project_folder import Project

if TYPE_CHECKING:
    from curator.app.people.openid_client import OpenId

_LOG = logging.getLogger(__name__)


class ProviderSession:
    """Give the way to the provider and back a session of its own, where there is a provider."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        open_id = visitors_of(request).open_id
        app: ASGIApp = PlainTextResponse("This app has no provider to sign in with.", 404)
        if open_id is not None:
            request.state.open_id = open_id
            app = open_id.with_session(self._app, is_secure=is_over_tls(request))
        await app(scope, receive, send)


async def to_provider(request: Request) -> Response:
    """Send the browser to the provider; who is in already goes on."""
    onward = own_path(request.query_params.get("next", "/"))
    if person_of(request) is not None:
        return RedirectResponse(onward, 303)
    try:
        async with visitors_of(request).provider_talks:
            url = await _open_id(request).begin(request, onward)
    except SignInRefusedError as refusal:
        return _refused(refusal)
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})


async def from_provider(request: Request) -> Response:
    """Let in whom the provider vouches for and who has an account here."""
    try:
        async with visitors_of(request).provider_talks:
            vouched, onward = await _open_id(request).finish(request)
    except SignInRefusedError as refusal:
        return _refused(refusal)
    finally:
        request.session.clear()
    annotator_id = await anyio.to_thread.run_sync(_annotator, project_of(request), vouched)
    if annotator_id is None:
        return _unknown(_open_id(request).provider.title, vouched.email)
    return await let_in(request, annotator_id, onward)


def _open_id(request: Request) -> "OpenId":
    open_id: OpenId = request.state.open_id
    return open_id


def _annotator(project: Project, vouched: OpenIdIdentity) -> int | None:
    with project.writing() as session:
        annotator_id = annotator_of_identity(session, vouched, datetime.now(UTC))
        session.commit()
    return annotator_id


def _unknown(title: str, email: str | None) -> Response:
    if email is None:
        message = (
            f"{title} has not verified an e-mail address of yours, so nobody here knows which "
            "account is meant. Have it verified there, then sign in again."
        )
    else:
        message = (
            f"{title} signed you in as {email}, but no open account of this project is yours. "
            "Ask an owner of this project to add you under this address."
        )
    return notice("No account", message, 403)


def _refused(refusal: SignInRefusedError) -> Response:
    if refusal.__cause__ is not None:
        _LOG.warning("Sign-in by the provider failed: %r", refusal.__cause__)
    return notice("Not signed in", str(refusal), refusal.status)
