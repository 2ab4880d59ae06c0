"""The way in through an OpenID Connect provider: there, and back."""

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from curator.app.people.access_control import PROVIDER_PATH, person_of, project_of, visitors_of
from curator.app.people.addresses import own_path
from curator.app.people.openid_provider import BEGUN_SECONDS, SignInRefusedError
from curator.app.people.sign_in import is_over_tls, let_in, notice
from curator.steps.people.openid_accounts import Vouched, annotator_vouched_for
from db.project.project_folder import Project

if TYPE_CHECKING:
    from curator.app.people.openid_client import OpenId

BEGUN_COOKIE = "curator_provider"

_LOG = logging.getLogger(__name__)


async def to_provider(request: Request) -> Response:
    """Send the browser to the provider; who is in already goes on."""
    visitors = visitors_of(request)
    onward = own_path(request.query_params.get("next", "/"))
    if visitors.open_id is None:
        return _no_provider()
    if person_of(request) is not None:
        return RedirectResponse(onward, 303)
    try:
        async with visitors.provider_talks:
            begun = await visitors.open_id.begin(onward)
    except SignInRefusedError as refusal:
        return _refused(refusal)
    response = RedirectResponse(begun.url, 303, headers={"Cache-Control": "no-store"})
    response.set_cookie(
        BEGUN_COOKIE,
        begun.cookie,
        max_age=BEGUN_SECONDS,
        path=PROVIDER_PATH,
        httponly=True,
        samesite="lax",
        secure=is_over_tls(request),
    )
    return response


async def from_provider(request: Request) -> Response:
    """Let in whom the provider vouches for and who has an account here."""
    open_id = visitors_of(request).open_id
    if open_id is None:
        return _no_provider()
    response = await _let_in_or_refuse(request, open_id)
    response.delete_cookie(BEGUN_COOKIE, path=PROVIDER_PATH, httponly=True, samesite="lax")
    return response


async def _let_in_or_refuse(request: Request, open_id: "OpenId") -> Response:
    cookie = request.cookies.get(BEGUN_COOKIE, "")
    try:
        async with visitors_of(request).provider_talks:
            vouched, onward = await open_id.finish(cookie, request.query_params)
    except SignInRefusedError as refusal:
        return _refused(refusal)
    annotator_id = await anyio.to_thread.run_sync(_annotator, project_of(request), vouched)
    if annotator_id is None:
        return _unknown(open_id.provider.title, vouched.email)
    return await let_in(request, annotator_id, onward)


def _annotator(project: Project, vouched: Vouched) -> int | None:
    with project.writing() as session:
        annotator_id = annotator_vouched_for(session, vouched, datetime.now(UTC))
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


def _no_provider() -> Response:
    return PlainTextResponse("This app has no provider to sign in with.", 404)
