"""Sign-in through a real provider over HTTP (oidc-provider-mock) with the real Authlib client."""

import base64
import hashlib
import json
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import httpx2
import pytest
from joserfc import jwk, jwt
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.middleware import Middleware

from curator.app.people import openid_client
from curator.app.people import sessions as visitors
from curator.app.people.access_control import AccessControl
from curator.app.people.openid_client import OpenId
from curator.app.people.openid_provider import BEGUN_COOKIE, CALLBACK_PATH, Provider
from curator.app.people.sessions import Visitors
from curator.app.routes import starlette_routes
from curator.errors import CuratorError
from curator.steps.people.accounts import Account, add_account, revoke
from db.project.project_folder import Project
from db.tables import Annotator, Role, SignIn
from tests.app.asgi import Answer, Asked, ask
from tests.app.makers import make_local_project, me
from tests.makers import NOW

with warnings.catch_warnings():
    # The provider, which only tests need, imports what Authlib 2 will no longer have.
    warnings.simplefilter("ignore", DeprecationWarning)
    import oidc_provider_mock

EMAIL = "ann@lab.example"
# The provider, which only tests need, calls what Authlib 2 will no longer have.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning"),
]

TOKEN_VIEW = "oidc-provider-mock.issue_token"  # noqa: S105 - an address
DISCOVERY_VIEW = "oidc-provider-mock.openid_config"
USERINFO_VIEW = "oidc-provider-mock.userinfo"


@dataclass
class RealProvider:
    """A provider that answers over HTTP, and this app as it knows it."""

    flask: flask.Flask
    provider: Provider

    def knows(self, subject: str, **claims: object) -> None:
        """Give the provider a person."""
        url = f"{self.provider.issuer}/users/{subject}"
        httpx2.put(url, json=claims).raise_for_status()

    def answers(self, view: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Let it change what it answers at one of its addresses."""
        original = self.flask.view_functions[view]

        def changed(**arguments: Any) -> flask.Response:
            response = flask.make_response(original(**arguments))
            body = response.get_json()
            change(body)
            response.set_data(json.dumps(body))
            return response

        self.flask.view_functions[view] = changed


@pytest.fixture(scope="module")
def running() -> Iterator[RealProvider]:
    with oidc_provider_mock.run_server_in_thread(require_nonce=True) as server:
        issuer = f"http://localhost:{server.server_port}"
        known = Provider(issuer, "curator", "s3cret", "the lab", "http://localhost:8501")
        yield RealProvider(server.app, known)


@pytest.fixture
def real(running: RealProvider) -> Iterator[RealProvider]:
    """The provider, which knows Ann and tells no lies yet."""
    running.knows("7", email=EMAIL, email_verified=True)
    views = dict(running.flask.view_functions)
    yield running
    running.flask.view_functions.update(views)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose only account is Ann's, by her e-mail address."""
    project = make_local_project(tmp_path)
    with project.writing() as session:
        add_account(session, Account("ann", Role.REVIEWER, email=EMAIL), NOW)
        session.commit()
    return project


def app_of(project: Project, provider: Provider | None) -> Starlette:
    open_id = None if provider is None else OpenId(provider)
    wall = Middleware(AccessControl, visitors=Visitors(project, open_id))
    return Starlette(routes=starlette_routes(), middleware=[wall])


def begin(app: Starlette, onward: str = "/") -> tuple[str, str]:
    """Press the button; return where it leads and the cookie."""
    answer = ask(app, Asked(f"/sign-in/provider?next={onward}"))
    assert answer.status == 303
    return answer.headers["location"], answer.headers["set-cookie"].split(";")[0]


def at_provider(url: str, subject: str = "7", **form: str) -> str:
    """Sign in at the provider; return the path that it sends the browser back to."""
    answer = httpx2.post(url, data={"sub": subject, **form})
    back = urlsplit(answer.headers["location"])
    assert (back.netloc, back.path) == ("localhost:8501", CALLBACK_PATH)
    return f"{back.path}?{back.query}"


def come_back(app: Starlette, path: str, cookie: str) -> Answer:
    return ask(app, Asked(path, headers={"Cookie": cookie}))


def sign_in(app: Starlette, subject: str = "7", onward: str = "/") -> Answer:
    url, cookie = begin(app, onward)
    return come_back(app, at_provider(url, subject), cookie)


def cookie_of(answer: Answer) -> str:
    """Return the sign-in that an answer sets; several cookies come as one text here."""
    return answer.cookies["curator_sign_in"]


def test_whom_the_provider_vouches_for_comes_in_as_the_account_of_the_address(
    real: RealProvider, project: Project
) -> None:
    app = app_of(project, real.provider)
    answer = sign_in(app, onward="/label")
    assert (answer.status, answer.headers["location"]) == (303, "/label")
    assert me(app, cookie_of(answer)).json["name"] == "ann"
    assert me(app, cookie_of(answer)).json["role"] == "reviewer"
    taken_back = f"{BEGUN_COOKIE}=null; path=/sign-in/provider; expires=Thu, 01 Jan 1970 00:00:00"
    assert answer.headers["set-cookie"].startswith(taken_back)


def test_a_public_client_needs_no_secret(
    real: RealProvider, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = oidc_provider_mock._app.AuthorizationCodeGrant
    monkeypatch.setattr(grant, "TOKEN_ENDPOINT_AUTH_METHODS", ["none"])
    assert sign_in(app_of(project, replace(real.provider, client_secret=None))).status == 303


def test_the_way_there_carries_state_nonce_and_a_challenge_that_the_way_back_meets(
    real: RealProvider, project: Project
) -> None:
    verifiers = []
    real.answers(TOKEN_VIEW, lambda _: verifiers.append(flask.request.form["code_verifier"]))
    app = app_of(project, real.provider)
    first = ask(app, Asked("/sign-in/provider"))
    said = parse_qs(urlsplit(first.headers["location"]).query)
    cookie = first.headers["set-cookie"]
    begun = session_of(cookie)

    assert said["scope"] == ["openid email"]
    assert said["redirect_uri"] == ["http://localhost:8501/sign-in/provider/back"]
    assert len(said["state"][0]) >= 20
    assert len(said["nonce"][0]) >= 20
    for part in ("httponly", "samesite=lax", "path=/sign-in/provider", "Max-Age=600"):
        assert part in cookie.split("; ")
    assert begun["nonce"] == said["nonce"][0]

    path = at_provider(first.headers["location"])
    assert come_back(app, path, cookie.split(";")[0]).status == 303
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifiers[0].encode()).digest())
    assert said["code_challenge_method"] == ["S256"]
    assert said["code_challenge"] == [digest.decode().rstrip("=")]
    assert begun["code_verifier"] == verifiers[0]


def session_of(cookie: str) -> dict[str, Any]:
    """Return what the one sign-in of a cookie keeps."""
    kept = cookie.partition("=")[2].partition(".")[0]
    session = json.loads(base64.b64decode(kept))
    (begun,) = (value["data"] for key, value in session.items() if key.startswith("_state_"))
    found: dict[str, Any] = begun
    return found


def test_who_begins_twice_may_finish_the_second_alone(real: RealProvider, project: Project) -> None:
    app = app_of(project, real.provider)
    first, cookie = begin(app)
    again = ask(app, Asked("/sign-in/provider", headers={"Cookie": cookie}))
    cookie = again.headers["set-cookie"].split(";")[0]
    assert come_back(app, at_provider(first), cookie).status == 400
    assert come_back(app, at_provider(again.headers["location"]), cookie).status == 303


def test_another_path_of_the_app_gets_no_session(real: RealProvider, project: Project) -> None:
    app = app_of(project, real.provider)
    _, cookie = begin(app)
    answer = ask(app, Asked("/sign-in", headers={"Cookie": cookie}))
    assert answer.status == 200
    assert answer.cookies == {}


@pytest.mark.parametrize("verified", [{}, {"email_verified": False}, {"email_verified": "true"}])
def test_an_address_that_the_provider_has_not_verified_opens_nothing(
    real: RealProvider, project: Project, verified: dict[str, object]
) -> None:
    real.knows("7", email=EMAIL, **verified)
    answer = sign_in(app_of(project, real.provider))
    assert answer.status == 403
    assert "the lab has not verified an e-mail address of yours" in answer.text
    assert "curator_sign_in" not in answer.cookies
    assert sign_ins(project) == 0


def sign_ins(project: Project) -> int:
    with project.reading() as session:
        return len(session.scalars(select(SignIn)).all())


def test_who_has_no_account_is_told_whom_to_ask(real: RealProvider, project: Project) -> None:
    real.knows("8", email="<b>bob</b>@lab.example", email_verified=True)
    answer = sign_in(app_of(project, real.provider), "8")
    assert answer.status == 403
    assert "Ask an owner of this project to add you" in answer.text
    assert "&lt;b&gt;bob&lt;/b&gt;@lab.example" in answer.text
    assert sign_ins(project) == 0


def test_an_address_that_has_moved_to_another_subject_opens_nothing(
    real: RealProvider, project: Project
) -> None:
    app = app_of(project, real.provider)
    assert sign_in(app).status == 303
    real.knows("7", email="ann@elsewhere.example", email_verified=False)
    real.knows("8", email=EMAIL, email_verified=True)

    assert sign_in(app, "8").status == 403
    assert me(app, cookie_of(sign_in(app, "7"))).json["name"] == "ann"
    with project.reading() as session:
        bound = session.scalars(select(Annotator.oidc_subject)).all()
    assert bound == [f"{real.provider.issuer} 7"]


@pytest.mark.parametrize("was_in_before", [True, False])
def test_a_closed_account_is_out_and_stays_out(
    real: RealProvider, project: Project, was_in_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "TRUST_SECONDS", 0.0)
    app = app_of(project, real.provider)
    cookie = cookie_of(sign_in(app)) if was_in_before else ""
    with project.writing() as session:
        revoke(session, "ann", datetime.now(UTC))
        session.commit()
    assert me(app, cookie).status == 401
    assert sign_in(app).status == 403
    assert sign_ins(project) == 0


def test_an_answer_is_taken_once(real: RealProvider, project: Project) -> None:
    app = app_of(project, real.provider)
    url, cookie = begin(app)
    path = at_provider(url)
    assert come_back(app, path, cookie).status == 303
    answer = come_back(app, path, cookie)
    assert answer.status == 400
    assert "is over" in answer.text
    assert sign_ins(project) == 1


def test_a_code_that_was_used_opens_nothing_in_another_sign_in(
    real: RealProvider, project: Project
) -> None:
    app = app_of(project, real.provider)
    url, cookie = begin(app)
    path = at_provider(url)
    assert come_back(app, path, cookie).status == 303
    url, cookie = begin(app)
    state = parse_qs(urlsplit(url).query)["state"][0]
    code = parse_qs(urlsplit(path).query)["code"][0]
    assert come_back(app, f"{CALLBACK_PATH}?code={code}&state={state}", cookie).status == 401


@pytest.mark.parametrize("whose", ["none", "of another browser", "damaged", "of another app"])
def test_an_answer_to_what_this_browser_did_not_begin_opens_nothing(
    real: RealProvider, project: Project, whose: str
) -> None:
    app = app_of(project, real.provider)
    url, cookie = begin(app)
    path = at_provider(url)
    cookies = {
        "none": "",
        "of another browser": begin(app)[1],
        "damaged": cookie.replace("=", "=x", 1),
        "of another app": begin(app_of(project, real.provider))[1],
    }
    answer = come_back(app, path, cookies[whose])
    assert answer.status == 400
    assert "Sign in again" in answer.text
    assert sign_ins(project) == 0


@pytest.mark.parametrize("query", ["", "?state=guess&code=guess", "?state=&code=x"])
def test_a_wrong_state_opens_nothing(real: RealProvider, project: Project, query: str) -> None:
    app = app_of(project, real.provider)
    _, cookie = begin(app)
    assert come_back(app, CALLBACK_PATH + query, cookie).status == 400


def test_a_sign_in_that_took_too_long_is_over(
    real: RealProvider, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_of(project, real.provider)
    url, cookie = begin(app)
    monkeypatch.setattr(openid_client, "BEGUN_SECONDS", -1)
    assert come_back(app, at_provider(url), cookie).status == 400


def test_who_declines_at_the_provider_is_told_so(real: RealProvider, project: Project) -> None:
    app = app_of(project, real.provider)
    url, cookie = begin(app)
    state = parse_qs(urlsplit(url).query)["state"][0]
    path = at_provider(url, action="deny").partition("?")[2]
    answer = come_back(app, f"{CALLBACK_PATH}?{path}&state={state}", cookie)
    assert answer.status == 401
    assert "the lab did not sign you in" in answer.text


def test_an_answer_that_names_another_issuer_is_refused(
    real: RealProvider, project: Project
) -> None:
    app = app_of(project, real.provider)
    url, cookie = begin(app)
    path = at_provider(url) + "&iss=https://evil.example"
    assert come_back(app, path, cookie).status == 401


def change_token(change: Callable[[dict[str, Any]], None], key: Any = None) -> Any:
    """Sign other claims, with the provider's own key unless another one is given."""

    def change_answer(answer: dict[str, Any]) -> None:
        if "id_token" not in answer:
            return
        own = jwk.RSAKey.import_key(flask.g.oidc_provider_mock_storage.jwk.as_dict(is_private=True))
        claims = claims_of(answer["id_token"])
        change(claims)
        answer["id_token"] = jwt.encode({"alg": "RS256"}, claims, key or own)

    return change_answer


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "another audience": lambda claims: claims.update(aud="another app"),
    "run out": lambda claims: claims.update(exp=int(time.time()) - 3600),
    "another nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "no subject": lambda claims: claims.pop("sub"),
    "no expiry": lambda claims: claims.pop("exp"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_word_that_is_not_for_this_sign_in_is_not_trusted(
    real: RealProvider, project: Project, lie: str
) -> None:
    real.answers(TOKEN_VIEW, change_token(LIES[lie]))
    answer = sign_in(app_of(project, real.provider))
    assert answer.status == 401
    assert "cannot be trusted" in answer.text
    assert sign_ins(project) == 0


def test_the_provider_of_these_tests_is_trusted_when_it_signs_again_without_a_lie(
    real: RealProvider, project: Project
) -> None:
    real.answers(TOKEN_VIEW, change_token(lambda _: None))
    assert sign_in(app_of(project, real.provider)).status == 303


def test_a_word_that_somebody_else_signed_is_not_trusted(
    real: RealProvider, project: Project
) -> None:
    other = jwk.RSAKey.generate_key(2048)
    real.answers(TOKEN_VIEW, change_token(lambda _: None, other))
    assert sign_in(app_of(project, real.provider)).status == 401


def test_a_word_without_a_signature_is_not_trusted_even_where_the_provider_allows_it(
    real: RealProvider, project: Project
) -> None:
    def unsign(answer: dict[str, Any]) -> None:
        head = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
        answer["id_token"] = f"{head}.{answer['id_token'].split('.')[1]}."

    def allow(metadata: dict[str, Any]) -> None:
        metadata["id_token_signing_alg_values_supported"] = ["none", "RS256"]

    real.answers(DISCOVERY_VIEW, allow)
    assert sign_in(app_of(project, real.provider)).status == 303
    real.answers(TOKEN_VIEW, unsign)
    assert sign_in(app_of(project, real.provider)).status == 401


def test_a_word_beside_the_signed_one_is_no_word(real: RealProvider, project: Project) -> None:
    def swap(answer: dict[str, Any]) -> None:
        claims = claims_of(answer.pop("id_token"))
        answer["userinfo"] = claims

    real.answers(TOKEN_VIEW, swap)
    answer = sign_in(app_of(project, real.provider))
    assert answer.status == 401
    assert "cannot be trusted" in answer.text
    assert sign_ins(project) == 0


@pytest.mark.parametrize(("subject", "status"), [("7", 303), ("8", 401)])
def test_an_address_that_only_the_userinfo_names_counts_when_it_is_of_the_same_person(
    real: RealProvider, project: Project, subject: str, status: int
) -> None:
    real.answers(TOKEN_VIEW, change_token(lambda claims: claims.pop("email")))
    real.answers(USERINFO_VIEW, lambda claims: claims.update(sub=subject))
    assert sign_in(app_of(project, real.provider)).status == status


def test_another_issuer_at_the_address_of_the_provider_is_refused_before_anybody_goes_there(
    real: RealProvider, project: Project
) -> None:
    real.answers(DISCOVERY_VIEW, lambda said: said.update(issuer="https://evil.example"))
    answer = ask(app_of(project, real.provider), Asked("/sign-in/provider"))
    assert answer.status == 502
    assert "the lab does not answer as it should" in answer.text


def test_a_provider_that_is_away_is_told_in_a_sentence(project: Project) -> None:
    nobody = Provider("http://localhost:9", "curator", None, "the lab", "http://localhost:8501")
    answer = ask(app_of(project, nobody), Asked("/sign-in/provider"))
    assert answer.status == 502
    assert "Try again in a while" in answer.text


def test_a_sign_in_that_the_browser_had_ends_with_the_next(
    real: RealProvider, project: Project
) -> None:
    app = app_of(project, real.provider)
    old = cookie_of(sign_in(app))
    url, cookie = begin(app)
    new = cookie_of(come_back(app, at_provider(url), f"{cookie}; {old}"))
    assert me(app, old).status == 401
    assert me(app, new).status == 200


def test_the_page_shows_the_provider_where_there_is_one(
    real: RealProvider, project: Project
) -> None:
    page = ask(app_of(project, real.provider), Asked("/sign-in?next=/label")).text
    assert '<a class="button" href="/sign-in/provider?next=/label">Sign in with the lab</a>' in page
    assert 'name="password"' in page

    without = app_of(project, None)
    assert "/sign-in/provider" not in ask(without, Asked("/sign-in")).text
    for path in ("/sign-in/provider", CALLBACK_PATH):
        assert ask(without, Asked(path)).status == 404


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example"])
def test_the_way_back_leads_to_no_other_site(
    real: RealProvider, project: Project, onward: str
) -> None:
    assert sign_in(app_of(project, real.provider), onward=onward).headers["location"] == "/"


def test_the_cookies_are_secure_where_the_app_is_known_by_https(
    real: RealProvider, project: Project
) -> None:
    app = app_of(project, replace(real.provider, address="https://label.example"))
    assert "secure" in ask(app, Asked("/sign-in/provider")).headers["set-cookie"].split("; ")


@pytest.mark.parametrize("url", ["http://id.example", "id.example", "ftp://id.example", "https://"])
def test_nothing_goes_to_the_provider_in_the_clear(url: str) -> None:
    with pytest.raises(CuratorError, match="Expected an address with https://"):
        Provider(url, "curator", None, "the lab", "https://label.example")
    with pytest.raises(CuratorError, match="Expected an address with https://"):
        Provider("https://id.example", "curator", None, "the lab", url)
