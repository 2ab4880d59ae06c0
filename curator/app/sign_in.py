"""The sign-in page, and the way out."""

from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from curator.app.wall import COOKIE, SIGN_IN_PATH, person_of, project_of, token_of, visitors_of
from curator.steps.people import SIGN_IN_HOURS, annotator_with_password, sign_in, sign_out
from db.project import Project

_PAGE = Template((Path(__file__).parent / "sign_in.html").read_text(encoding="utf-8"))
_SIGN_IN_FORM = Template("""<form method="post" action="/sign-in">
<h1>Sign in</h1>
<p role="alert">$message</p>
<input type="hidden" name="next" value="$next">
<label for="name">Name</label>
<input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Sign in</button>
</form>""")
_SIGN_OUT_FORM = Template("""<form method="post" action="/sign-out">
<h1>Sign out</h1>
<p>You are signed in as <strong>$name</strong>.</p>
<button autofocus>Sign out</button>
<a href="/">Back to work</a>
</form>""")


async def sign_in_page(request: Request) -> Response:
    """Show the form; who is in already goes on."""
    onward = own_path(request.query_params.get("next", "/"))
    if person_of(request) is not None:
        return RedirectResponse(onward, 303)
    return _form("", onward)


async def signed_in(request: Request) -> Response:
    """Check a name and a password; the right ones get the cookie."""
    form = await request.form(max_files=0, max_fields=10)
    name, password, onward = (str(form.get(key, "")) for key in ("name", "password", "next"))
    onward = own_path(onward)
    address = request.client.host if request.client else ""
    visitors = visitors_of(request)
    tries = visitors.failed_tries
    if tries.are_too_many(address, name):
        return _form("Too many tries. Wait five minutes, then try again.", onward, 429)
    token = await anyio.to_thread.run_sync(
        _begin_sign_in, project_of(request), name, password, limiter=visitors.password_checks
    )
    if token is None:
        tries.add(address, name)
        return _form("This name and password do not belong together.", onward, 401)
    tries.clear(address, name)
    return _with_cookie(RedirectResponse(onward, 303), token, request)


async def sign_out_page(request: Request) -> Response:
    """Ask whether to sign out, so that a link alone never does."""
    person = person_of(request)
    name = escape(person.name) if person else ""
    return _page("Sign out", _SIGN_OUT_FORM.substitute(name=name))


async def signed_out(request: Request) -> Response:
    """End this sign-in, here and in the database."""
    token = token_of(request.scope)
    await anyio.to_thread.run_sync(_end_sign_in, project_of(request), token)
    visitors_of(request).forget(token)
    response = RedirectResponse(SIGN_IN_PATH, 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return response


def own_path(path: str) -> str:
    """Return a path of this app, whatever was asked for.

    Example:
        >>> own_path("/label"), own_path("//evil.example"), own_path("https://evil.example")
        ('/label', '/', '/')
    """
    is_own = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if is_own and path.isprintable() else "/"


def _begin_sign_in(project: Project, name: str, password: str) -> str | None:
    with project.reading() as session:
        annotator_id = annotator_with_password(session, name, password)
    if annotator_id is None:
        return None
    with project.writing() as session:
        token = sign_in(session, annotator_id, datetime.now(UTC))
        session.commit()
    return token


def _end_sign_in(project: Project, token: str) -> None:
    with project.writing() as session:
        sign_out(session, token)
        session.commit()


def _with_cookie(response: Response, token: str, request: Request) -> Response:
    forwarded = request.headers.get("x-forwarded-proto")
    response.set_cookie(
        COOKIE,
        token,
        max_age=SIGN_IN_HOURS * 3600,
        httponly=True,
        samesite="lax",
        secure="https" in {request.url.scheme, forwarded},
    )
    return response


def _form(message: str, onward: str, status: int = 200) -> Response:
    form = _SIGN_IN_FORM.substitute(message=escape(message), next=escape(onward))
    return _page("Sign in", form, status)


def _page(title: str, body: str, status: int = 200) -> Response:
    page = _PAGE.substitute(title=title, body=body)
    return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
