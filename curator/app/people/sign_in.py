"""The sign-in page, and the way out."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from curator.app.people.access_control import (
    COOKIE,
    SIGN_IN_PATH,
    person_of,
    project_of,
    token_of,
    visitors_of,
)
from curator.app.people.addresses import own_path
from curator.app.people.openid_provider import PROVIDER_PATH
from curator.steps.people.accounts import annotator_with_password, sign_out_everywhere
from curator.steps.people.sessions import SIGN_IN_HOURS, sign_in, sign_out
from db.project.project_folder import Project

_PAGE = Template((Path(__file__).parent / "sign_in.html").read_text(encoding="utf-8"))
_SIGN_IN_FORM = Template("""<form method="post" action="/sign-in">
<h1>Sign in</h1>
<p role="alert">$message</p>
$provider
<input type="hidden" name="next" value="$next">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>""")
_PROVIDER_LINK = Template("""<a class="button" href="$path?next=$next">Sign in with $title</a>
<p class="or">or with a password</p>""")
_NOTICE = Template("""<section>
<h1>$title</h1>
<p role="alert">$message</p>
<a class="button" href="/sign-in">Back to the sign-in</a>
</section>""")
_SIGN_OUT_FORM = Template("""<form method="post" action="/sign-out">
<h1>Sign out</h1>
<p>You are signed in as <strong>$name</strong>.</p>
<button autofocus>Sign out</button>
<button class="other" name="everywhere" value="yes">Sign out on every device</button>
<a href="/">Back to work</a>
</form>""")


async def sign_in_page(request: Request) -> Response:
    """Show the form; who is in already goes on."""
    onward = own_path(request.query_params.get("next", "/"))
    if person_of(request) is not None:
        return RedirectResponse(onward, 303)
    return _form(request, "", onward)


async def signed_in(request: Request) -> Response:
    """Check a name and a password; the right ones get the cookie."""
    form = await request.form(max_files=0, max_fields=10)
    name, password, onward = (str(form.get(key, "")) for key in ("name", "password", "next"))
    onward = own_path(onward)
    address = request.client.host if request.client else ""
    visitors = visitors_of(request)
    tries = visitors.failed_tries
    if tries.are_too_many(address, name):
        return _form(request, "Too many tries. Wait five minutes, then try again.", onward, 429)
    tries.add(address, name)
    annotator_id = await anyio.to_thread.run_sync(
        _annotator, project_of(request), name, password, limiter=visitors.password_checks
    )
    if annotator_id is None:
        message = "This name and password do not belong together."
        return _form(request, message, onward, 401)
    tries.clear(address, name)
    return await let_in(request, annotator_id, onward)


async def sign_out_page(request: Request) -> Response:
    """Ask whether to sign out, so that a link alone never does."""
    person = person_of(request)
    name = escape(person.name) if person else ""
    return _page("Sign out", _SIGN_OUT_FORM.substitute(name=name))


async def signed_out(request: Request) -> Response:
    """End this sign-in, or all of the person, here and in the database."""
    form = await request.form(max_files=0, max_fields=10)
    token, person = token_of(request.scope), person_of(request)
    name = person.name if person and form.get("everywhere") == "yes" else None
    await anyio.to_thread.run_sync(_end_sign_ins, project_of(request), token, name)
    visitors_of(request).forget(token)
    response = RedirectResponse(SIGN_IN_PATH, 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


async def let_in(request: Request, annotator_id: int, onward: str) -> Response:
    """Sign a person in who has shown who it is; a sign-in that the browser had ends."""
    old = token_of(request.scope)
    token = await anyio.to_thread.run_sync(_begin_sign_in, project_of(request), annotator_id, old)
    visitors_of(request).forget(old)
    response = RedirectResponse(onward, 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=SIGN_IN_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure=is_over_tls(request),
    )
    return response


def is_over_tls(request: Request) -> bool:
    """Tell whether the browser talks to this app over TLS, itself or through a proxy.

    Anybody may claim it: all that follows is that a cookie is kept from plain HTTP.
    """
    open_id = visitors_of(request).open_id
    known = open_id.provider.address.partition(":")[0] if open_id else ""
    return "https" in {request.url.scheme, request.headers.get("x-forwarded-proto"), known}


def _annotator(project: Project, name: str, password: str) -> int | None:
    with project.reading() as session:
        return annotator_with_password(session, name, password)


def _begin_sign_in(project: Project, annotator_id: int, old_token: str) -> str:
    with project.writing() as session:
        sign_out(session, old_token)
        token = sign_in(session, annotator_id, datetime.now(UTC))
        session.commit()
    return token


def _end_sign_ins(project: Project, token: str, name: str | None) -> None:
    with project.writing() as session:
        sign_out(session, token)
        if name is not None:
            sign_out_everywhere(session, name, datetime.now(UTC))
        session.commit()


def _form(request: Request, message: str, onward: str, status: int = 200) -> Response:
    open_id = visitors_of(request).open_id
    provider = "" if open_id is None else _provider_link(open_id.provider.title, onward)
    form = _SIGN_IN_FORM.substitute(message=escape(message), next=escape(onward), provider=provider)
    return _page("Sign in", form, status)


def _provider_link(title: str, onward: str) -> str:
    return _PROVIDER_LINK.substitute(
        path=PROVIDER_PATH, next=escape(quote(onward)), title=escape(title)
    )


def notice(title: str, message: str, status: int) -> Response:
    """Make a page that says why somebody did not get in."""
    body = _NOTICE.substitute(title=escape(title), message=escape(message))
    return _page(title, body, status)


def _page(title: str, body: str, status: int = 200) -> Response:
    page = _PAGE.substitute(title=title, body=body)
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
