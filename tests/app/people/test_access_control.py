import asyncio
from pathlib import Path

import pytest
from starlette.types import Message

from curator.app.people import access_control as wall
from curator.app.people import sessions as visitors
from curator.app.people.access_control import COOKIE
from curator.app.people.sessions import FailedTries
from curator.steps.people.accounts import revoke
from db.tables import Role
from tests.app.asgi import Asked, ask, knock
from tests.app.makers import (
    PASSWORD,
    csrf_of,
    make_app,
    make_local_project,
    make_shared_project,
    me,
)
from tests.makers import NOW, add_person

STREAM = "/_stcore/stream"


def test_whoever_sits_at_this_machine_is_the_local_person(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    answer = me(app)
    assert answer.status == 200
    assert (answer.json["name"], answer.json["role"]) == ("local", "owner")
    assert knock(app, Asked(STREAM))[0]["type"] == "websocket.accept"


@pytest.mark.parametrize(
    "asked",
    [
        Asked("/api/me", headers={"Host": "evil.example"}),
        Asked("/api/me", headers={"Host": "localhost.evil.example:8501"}),
        Asked("/api/me", headers={"Host": ""}),
        Asked("/api/me", client="192.168.1.7"),
        Asked("/api/me", headers={"X-Forwarded-For": "192.168.1.7"}),
        Asked("/", headers={"Host": "evil.example"}),
        Asked("/sign-in", headers={"Host": "evil.example"}),
    ],
    ids=str,
)
def test_a_local_project_answers_nobody_else(tmp_path: Path, asked: Asked) -> None:
    answer = ask(make_app(make_local_project(tmp_path)), asked)
    assert answer.status == 403
    assert "curator people add" in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:1"])
def test_this_machine_may_be_called_by_each_of_its_names(tmp_path: Path, host: str) -> None:
    app = make_app(make_local_project(tmp_path))
    assert ask(app, Asked("/api/me", headers={"Host": host})).status == 200


def test_a_rebound_name_opens_no_websocket(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    sent = knock(app, Asked(STREAM, headers={"Host": "evil.example"}))
    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:9999"])
def test_other_sites_change_nothing_and_open_no_websocket(tmp_path: Path, origin: str) -> None:
    app = make_app(make_local_project(tmp_path))
    headers = {"Origin": origin, **csrf_of(app)}
    assert ask(app, Asked("/echo", "POST", headers)).status == 403
    sent = knock(app, Asked(STREAM, headers=headers))
    assert [message["type"] for message in sent] == ["websocket.close"]


def test_a_browser_that_hides_the_origin_still_says_that_it_is_another_site(
    tmp_path: Path,
) -> None:
    app = make_app(make_local_project(tmp_path))
    asked = Asked("/echo", "POST", {"Sec-Fetch-Site": "cross-site"})
    assert ask(app, asked).status == 403


def test_the_own_site_may_post(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    asked = Asked("/echo", "POST", {"Origin": "http://localhost:8501"})
    assert ask(app, asked).status == 200


def test_who_somebody_claims_to_be_is_taken_away(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    headers = {
        "Cookie": cookies["annotator"],
        "X-Curator-Annotator": "3",
        "X-CURATOR-Role": "owner",
    }
    echoed = ask(make_app(project), Asked("/echo", headers=headers)).json
    with project.reading() as session:
        known = session.connection().exec_driver_sql(
            "SELECT id FROM annotators WHERE name = 'annotator'"
        )
        annotator_id = known.scalar_one()
    assert echoed["x-curator-annotator"] == str(annotator_id)
    assert "x-curator-role" not in echoed


def test_without_a_sign_in_a_page_leads_to_it_and_the_rest_is_shut(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    app = make_app(project)
    page = ask(app, Asked("/review", headers={"Accept": "text/html,*/*"}))
    assert (page.status, page.headers["location"]) == (303, "/sign-in?next=/review")
    for path in ("/echo", "/media/picture", "/_stcore/metrics"):
        assert ask(app, Asked(path)).status == 401
    sent = knock(app, Asked(STREAM))
    assert [message["type"] for message in sent] == ["websocket.close"]


@pytest.mark.parametrize("cookie", ["", f"{COOKIE}=guess", f"{COOKIE}="])
def test_a_guessed_cookie_opens_nothing(tmp_path: Path, cookie: str) -> None:
    project, _ = make_shared_project(tmp_path)
    assert me(make_app(project), cookie).status == 401


def test_a_shared_project_answers_other_machines(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    headers = {"Host": "lab.example", "Cookie": cookies["owner"]}
    answer = ask(make_app(project), Asked("/api/me", headers=headers, client="192.168.1.7"))
    assert answer.json["name"] == "owner"


def test_every_answer_carries_the_security_headers(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    for path in ("/echo", "/media/picture", "/no-such-page", "/sign-in"):
        for cookie in ("", cookies["owner"]):
            headers = ask(app, Asked(path, headers={"Cookie": cookie})).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "same-origin"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
    media = ask(app, Asked("/media/picture", headers={"Cookie": cookies["owner"]}))
    assert media.headers["cache-control"] == "private, no-store"


def test_the_first_account_shuts_the_open_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "TRUST_SECONDS", 0.0)
    project = make_local_project(tmp_path)
    app = make_app(project)
    assert me(app).status == 200
    with project.writing() as session:
        add_person(session, "ann", Role.OWNER, PASSWORD, NOW)
        session.commit()
    assert me(app).status == 401


def test_a_closed_account_loses_its_open_websocket_within_five_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 * visitors.TRUST_SECONDS < 5, "one wait between looks, and what a look may be old"
    for module in (visitors, wall):
        monkeypatch.setattr(module, "TRUST_SECONDS", 0.05)
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    sent: list[Message] = []

    async def connected_while_the_account_is_closed() -> None:
        connect: list[Message] = [{"type": "websocket.connect"}]

        async def receive() -> Message:
            if connect:
                return connect.pop()
            with project.writing() as session:
                revoke(session, "annotator", NOW)
                session.commit()
            return await asyncio.Future()

        async def send(message: Message) -> None:
            sent.append(message)

        scope = Asked(STREAM, headers={"Cookie": cookies["annotator"]}, type="websocket").scope()
        await asyncio.wait_for(app(scope, receive, send), 5)

    asyncio.run(connected_while_the_account_is_closed())
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[-1]["code"] == wall.SIGNED_OUT


def test_five_failures_for_a_name_shut_the_door_for_a_while() -> None:
    now = [0.0]
    tries = FailedTries(window_seconds=300, clock=lambda: now[0])
    for _ in range(4):
        tries.add("10.0.0.1", "ann")
    assert not tries.are_too_many("10.0.0.1", "ann")
    tries.add("10.0.0.1", "ann")
    assert tries.are_too_many("10.0.0.1", "ann")
    assert not tries.are_too_many("10.0.0.1", "bob")
    assert not tries.are_too_many("10.0.0.2", "ann")

    now[0] = 301.0
    assert not tries.are_too_many("10.0.0.1", "ann")


def test_fifty_failures_from_an_address_shut_it_out_for_every_name() -> None:
    tries = FailedTries(clock=lambda: 0.0)
    for number in range(50):
        tries.add("10.0.0.1", f"name {number}")
    assert tries.are_too_many("10.0.0.1", "a new name")


def test_a_name_that_gets_in_gives_its_network_the_try_back() -> None:
    tries = FailedTries(clock=lambda: 0.0)
    for _ in range(60):
        assert not tries.are_too_many("10.0.0.1", "ann")
        tries.add("10.0.0.1", "ann")
        tries.clear("10.0.0.1", "ann")


def test_the_many_addresses_of_one_network_count_as_one() -> None:
    tries = FailedTries(clock=lambda: 0.0)
    for number in range(5):
        tries.add(f"2001:db8::{number}", "ann")
    assert tries.are_too_many("2001:db8::ffff", "ann")
    assert not tries.are_too_many("2001:db8:0:1::1", "ann")


def test_a_try_stops_counting_when_it_is_as_old_as_the_window() -> None:
    now = [0.0]
    tries = FailedTries(window_seconds=300, clock=lambda: now[0])
    for at in (0.0, 100.0, 150.0, 200.0, 250.0):
        now[0] = at
        tries.add("10.0.0.1", "ann")
    now[0] = 299.0
    assert tries.are_too_many("10.0.0.1", "ann")
    now[0] = 300.0
    assert not tries.are_too_many("10.0.0.1", "ann")
    tries.add("10.0.0.1", "ann")
    now[0] = 399.0
    assert tries.are_too_many("10.0.0.1", "ann")


def test_a_name_that_gets_in_gives_back_its_own_try_and_not_an_older_one() -> None:
    now = [0.0]
    tries = FailedTries(window_seconds=300, clock=lambda: now[0])
    for number in range(49):
        tries.add("10.0.0.1", f"name {number}")
    now[0] = 200.0
    tries.add("10.0.0.1", "ann")
    tries.clear("10.0.0.1", "ann")
    now[0] = 300.0
    for number in range(49):
        tries.add("10.0.0.1", f"name {number}")
    assert not tries.are_too_many("10.0.0.1", "ann")


def test_tries_with_ever_new_names_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "MOST_TRUSTED", 3)
    tries = FailedTries(clock=lambda: 0.0)
    for number in range(10):
        tries.add("10.0.0.1", f"name {number}")
    assert len(tries._tries) == 3


def test_a_token_is_looked_up_once_while_it_is_trusted_and_few_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "MOST_TRUSTED", 3)
    monkeypatch.setattr(visitors, "TRUST_SECONDS", 3600.0)
    project, _ = make_shared_project(tmp_path)
    known = visitors.Visitors(project)
    looked_up: list[str] = []
    monkeypatch.setattr(
        visitors, "person_of_token", lambda _session, token, _now: looked_up.append(token)
    )

    async def visit_all(tokens: list[str]) -> None:
        for token in tokens:
            assert (await known.visit(token)).person is None

    asyncio.run(visit_all(["a", "a", "b", "c", "a"]))
    assert looked_up == ["a", "b", "c"]
    known.forget("a")
    asyncio.run(visit_all(["a", "d", "e", "f", "f", "a"]))
    assert looked_up == ["a", "b", "c", "a", "d", "e", "f", "a"]


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/auth/login", "/_stcore/agent/mcp"])
def test_what_streamlit_serves_and_nobody_needs_is_shut_to_the_local_person_too(
    tmp_path: Path, path: str
) -> None:
    assert ask(make_app(make_local_project(tmp_path)), Asked(path)).status == 404
