import asyncio
import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import PIL.Image
import pytest
from sqlalchemy import event, func, select, update
from starlette.applications import Starlette

from curator.app.people import sessions as visitors
from curator.app.people.access_control import COOKIE
from curator.app.routes import ROUTES, AppRoute
from db.project.project_folder import Project
from db.tables import Annotation, Image, Role, SignIn
from db.tables.base import Base
from tests.app.asgi import Answer, Asked, aask, ask
from tests.app.makers import (
    PASSWORD,
    csrf_of,
    make_app,
    make_local_project,
    make_shared_project,
    me,
)

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLOSED = {401, 403}


def path_of(route: AppRoute) -> str:
    return re.sub(r"{\w+}", "csv", re.sub(r"{\w+:int}", "1", route.path))


@pytest.mark.parametrize("name", ["anonymous", "annotator", "reviewer", "owner", "revoked"])
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_each_route_opens_to_its_roles_only(tmp_path: Path, route: AppRoute, name: str) -> None:
    project, cookies = make_shared_project(tmp_path)
    asked = Asked(path_of(route), route.method, {"Cookie": cookies[name], **FORM})
    status = ask(make_app(project), asked).status

    is_person = name in set(Role)
    may = route.needed is None or (is_person and Role(name).may(route.needed))
    refused_by_itself = (route.path, route.method) in {
        ("/sign-in", "POST"),  # 401: no password was sent
        ("/api/labels", "POST"),  # 403: no token was sent; the next tests send one
    }
    if not refused_by_itself:
        assert (status not in CLOSED) == may
        assert status < 500
    if not may:
        assert status in CLOSED


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nothing_that_a_route_sends_may_lie_in_a_shared_cache(
    tmp_path: Path, route: AppRoute
) -> None:
    project, cookies = make_shared_project(tmp_path)
    headers = {"Cookie": cookies["owner"], **FORM}
    answer = ask(make_app(project), Asked(path_of(route), route.method, headers))
    if answer.status == 200:
        assert answer.headers["cache-control"].startswith(("private", "no-store"))


def test_a_face_is_sent_as_view_and_as_crop(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    # A small view is enlarged by a whole number, three here; a crop stays as it is.
    for path, kind, side in (("/api/views/1", "JPEG", 225), ("/api/crops/1", "PNG", 75)):
        picture = PIL.Image.open(io.BytesIO(ask(app, Asked(path)).body))
        assert (picture.format, picture.size) == (kind, (side, side))


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999999"])
@pytest.mark.parametrize("kind", ["views", "crops", "images"])
def test_what_is_not_there_is_404(tmp_path: Path, kind: str, number: str) -> None:
    app = make_app(make_local_project(tmp_path))
    assert ask(app, Asked(f"/api/{kind}/{number}")).status == 404


@pytest.mark.parametrize("path", ["/api/views/-1", "/api/views/1.jpg", "/api/views/%2e%2e"])
def test_a_face_has_a_number_and_nothing_else(tmp_path: Path, path: str) -> None:
    assert ask(make_app(make_local_project(tmp_path)), Asked(path)).status == 404


def test_an_image_leaves_without_what_the_camera_wrote_and_not_too_large(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    exif = PIL.Image.Exif()
    exif[0x010E] = "in my garden"
    file = io.BytesIO()
    PIL.Image.new("RGB", (2000, 1000), "red").save(file, "JPEG", exif=exif)
    with project.writing() as session:
        session.execute(update(Image).values(sha256=project.images.put(file.getvalue())))
        session.commit()

    answer = ask(make_app(project), Asked("/api/images/1"))
    picture = PIL.Image.open(io.BytesIO(answer.body))
    assert (picture.format, picture.size) == ("JPEG", (1600, 800))
    assert not picture.getexif()
    assert b"garden" not in answer.body


def test_the_right_password_gets_a_cookie_that_opens(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    app = make_app(project)
    answer = sign_in(app, "annotator", PASSWORD, "/label")
    cookie = answer.headers["set-cookie"]

    assert (answer.status, answer.headers["location"]) == (303, "/label")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert me(app, cookie.split(";")[0]).json["name"] == "annotator"


def sign_in(app: Starlette, name: str, password: str, onward: str = "/") -> Answer:
    body = urlencode({"name": name, "password": password, "next": onward}).encode()
    return ask(app, Asked("/sign-in", "POST", FORM, body))


def test_the_cookie_is_secure_behind_tls(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    body = urlencode({"name": "annotator", "password": PASSWORD}).encode()
    headers = {**FORM, "X-Forwarded-Proto": "https"}
    answer = ask(make_app(project), Asked("/sign-in", "POST", headers, body))
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("onward", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_sign_in_leads_to_no_other_site(tmp_path: Path, onward: str) -> None:
    project, _ = make_shared_project(tmp_path)
    answer = sign_in(make_app(project), "annotator", PASSWORD, onward)
    assert answer.headers["location"] == "/"


def test_what_the_address_says_is_shown_as_text(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    page = ask(make_app(project), Asked("/sign-in?next=/%22%3E%3Cscript%3E"))
    assert "<script>" not in page.text
    assert "&lt;script&gt;" in page.text


def test_a_wrong_password_is_told_and_the_sixth_must_wait(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    app = make_app(project)
    for _ in range(5):
        answer = sign_in(app, "annotator", "wrong password")
        assert answer.status == 401
        assert "do not belong together" in answer.text
        assert "set-cookie" not in answer.headers
    assert sign_in(app, "annotator", PASSWORD).status == 429
    assert sign_in(app, "owner", PASSWORD).status == 303


def test_signing_out_ends_the_sign_in_in_the_database(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    headers = {"Cookie": cookies["annotator"]}
    assert "annotator" in ask(app, Asked("/sign-out", headers=headers)).text

    answer = ask(app, Asked("/sign-out", "POST", headers))
    assert (answer.status, answer.headers["location"]) == (303, "/sign-in")
    assert me(app, cookies["annotator"]).status == 401
    with project.reading() as session:
        assert len(session.scalars(select(SignIn)).all()) == 2


def make_body(person_key: str, *events: dict[str, Any], **other: Any) -> bytes:
    body = {"person": person_key, "presses": events, "want": 0, "have": [], "day_began": 0}
    return json.dumps({**body, **other}).encode()


def make_press(number: int, face_id: Any = 1, **said: Any) -> dict[str, Any]:
    return {"uuid": str(UUID(int=number)), "face": face_id, "at": 1_700_000_000_000, **said}


def stored(project: Project) -> list[tuple[int, str | None, str | None]]:
    with project.reading() as session:
        found = session.scalars(select(Annotation).order_by(Annotation.id))
        return [(row.face_id, row.label, row.flag) for row in found]


def test_labels_are_stored_and_the_next_faces_come_back(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    app = make_app(project)
    key = me(app).json["key"]
    body = make_body(key, make_press(1, label="happy"), want=10)
    answer = ask(app, Asked("/api/labels", "POST", csrf_of(app), body))

    assert answer.status == 200
    assert answer.json == {
        "kept": [str(UUID(int=1))],
        "refused": [],
        "feedback": [],
        "faces": [],
        "notes": {},
        "progress": {"total": 1, "annotated": 1, "today": 1, "left": 0},
    }
    assert answer.headers["server-timing"].startswith("commit;dur=")
    assert stored(project) == [(1, "happy", None)]


def test_a_flag_and_a_retraction_are_stored_too(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    app = make_app(project)
    body = make_body(me(app).json["key"], make_press(1, flag="bad crop"), make_press(2))
    ask(app, Asked("/api/labels", "POST", csrf_of(app), body))
    assert stored(project) == [(1, None, "bad crop"), (1, None, None)]


def test_damaged_presses_are_refused_by_name_and_the_others_kept(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    app = make_app(project)
    events = [
        make_press(1, label="contempt"),
        make_press(2, label="happy", flag="unsure"),
        make_press(3, face_id=10**30, label="happy"),
        make_press(4, face_id=5, label="happy"),
        make_press(5, label="happy"),
    ]
    body = make_body(me(app).json["key"], *events)
    answer = ask(app, Asked("/api/labels", "POST", csrf_of(app), body)).json

    assert answer["kept"] == [str(UUID(int=5))]
    assert [issue["uuid"] for issue in answer["refused"]] == [
        str(UUID(int=number)) for number in (1, 2, 3, 4)
    ]
    assert stored(project) == [(1, "happy", None)]


def test_labels_need_the_token_of_the_session(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    body = make_body(me(app, cookies["annotator"]).json["key"], make_press(1, label="happy"))
    of_somebody_else = csrf_of(app, cookies["owner"])["X-CSRF-Token"]
    for token in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": of_somebody_else}):
        headers = {"Cookie": cookies["annotator"], **token}
        assert ask(app, Asked("/api/labels", "POST", headers, body)).status == 403
    assert stored(project) == []


def test_an_outbox_of_somebody_else_is_not_taken(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    body = make_body(me(app, cookies["owner"]).json["key"], make_press(1, label="happy"))
    answer = ask(app, Asked("/api/labels", "POST", csrf_of(app, cookies["annotator"]), body))
    assert answer.status == 409
    assert stored(project) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b"1" * 1_000_001, b'{"presses": 1}'])
def test_what_the_labeller_never_sends_is_422(tmp_path: Path, body: bytes) -> None:
    app = make_app(make_local_project(tmp_path))
    assert ask(app, Asked("/api/labels", "POST", csrf_of(app), body)).status == 422


def test_faces_in_hand_do_not_come_again(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    key = me(app).json["key"]
    for have, faces in (([], [1]), ([1], [])):
        body = make_body(key, want=10, have=have)
        answer = ask(app, Asked("/api/labels", "POST", csrf_of(app), body))
        assert answer.json["faces"] == faces


def test_answers_and_a_suggestion_come_through(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    app = make_app(project)
    answers = {"intensity": 3, "posing": "genuine", "occluded": False}
    shown = {"suggested": "sad", "suggested_by": "consensus"}
    body = make_body(me(app).json["key"], make_press(1, label="happy", **answers, **shown))
    assert ask(app, Asked("/api/labels", "POST", csrf_of(app), body)).json["refused"] == []

    with project.reading() as session:
        row = session.scalars(select(Annotation)).one()
    assert (row.intensity, row.posing, row.is_occluded) == (3, "genuine", False)
    assert (row.suggested, row.suggested_by) == ("sad", "consensus")


def test_a_queue_asks_for_what_was_suggested_only(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    body = make_body(me(app).json["key"], want=10, queue={"origin": "source:drawn", "label": "sad"})
    answer = ask(app, Asked("/api/labels", "POST", csrf_of(app), body)).json
    assert (answer["faces"], answer["progress"]["left"]) == ([], 0)


def test_a_server_that_cannot_write_says_so_and_keeps_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    project = make_local_project(tmp_path)
    app = make_app(project)
    events = [make_press(number, label="happy") for number in range(1, 400)]
    body = make_body(me(app).json["key"], *events)
    token = csrf_of(app)
    event.listen(project.engine, "connect", lambda c, _: c.execute("PRAGMA max_page_count = 1"))
    project.engine.dispose()  # from now on the database cannot grow, as on a full disk
    answer = ask(app, Asked("/api/labels", "POST", token, body))
    assert answer.status == 507
    assert "nothing was stored" in answer.text
    assert "could not be stored" in caplog.text
    assert stored(project) == []


def test_a_face_says_where_it_lies_and_nothing_more(tmp_path: Path) -> None:
    app = make_app(make_local_project(tmp_path))
    answer = ask(app, Asked("/api/faces/1"))
    assert answer.json == {"image": 1, "box": [0.0, 0.0, 1.0, 1.0]}
    assert ask(app, Asked(f"/api/faces/{10**30}")).status == 404


def test_people_read_back_what_they_said_and_nobody_elses(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    owner = cookies["owner"]
    body = make_body(me(app, owner).json["key"], make_press(1, label="happy"))
    ask(app, Asked("/api/labels", "POST", csrf_of(app, owner), body))

    (said,) = ask(app, Asked("/api/mine", headers={"Cookie": owner})).json["annotations"]
    assert (said["face"], said["label"], said["flag"]) == (1, "happy", None)
    before = Asked(f"/api/mine?before={said['id']}&count=5", headers={"Cookie": owner})
    assert ask(app, before).json["annotations"] == []
    others = Asked("/api/mine", headers={"Cookie": cookies["reviewer"]})
    assert ask(app, others).json["annotations"] == []


@pytest.mark.parametrize("query", ["before=x", "count=0", "count=-1", f"before={10**30}"])
def test_own_annotations_are_asked_for_with_whole_numbers(tmp_path: Path, query: str) -> None:
    assert ask(make_app(make_local_project(tmp_path)), Asked(f"/api/mine?{query}")).status == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize(
    "route",
    [route for route in ROUTES if route.method != "GET"],
    ids=lambda route: f"{route.method} {route.path}",
)
def test_another_site_can_have_nothing_changed_by_a_signed_in_browser(
    tmp_path: Path, route: AppRoute, headers: dict[str, str]
) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    own = {**FORM, **csrf_of(app, cookies["owner"])}
    answer = ask(app, Asked(path_of(route), route.method, {**own, **headers}))
    assert (answer.status, answer.text) == (403, "This request came from another site.")
    assert me(app, cookies["owner"]).status == 200


def test_another_site_can_sign_nobody_in(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    body = urlencode({"name": "annotator", "password": PASSWORD}).encode()
    headers = {**FORM, "Origin": "http://evil.example"}
    answer = ask(make_app(project), Asked("/sign-in", "POST", headers, body))
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_a_get_changes_nothing(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    before = counts(project)
    for route in ROUTES:
        if route.method == "GET":
            ask(app, Asked(path_of(route), "GET", {"Cookie": cookies["owner"]}))
    assert counts(project) == before


def counts(project: Project) -> dict[str, int]:
    """Count the rows of every table."""
    with project.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def test_signing_out_on_every_device_ends_the_others_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visitors, "TRUST_SECONDS", 0.0)
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    other = sign_in(app, "annotator", PASSWORD).cookies[COOKIE]
    headers = {"Cookie": cookies["annotator"], **FORM}
    ask(app, Asked("/sign-out", "POST", headers, b"everywhere=yes"))
    assert me(app, cookies["annotator"]).status == 401
    assert me(app, other).status == 401
    assert me(app, cookies["owner"]).status == 200


def test_a_sign_in_that_the_browser_had_ends_with_the_next(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    app = make_app(project)
    body = urlencode({"name": "owner", "password": PASSWORD}).encode()
    headers = {**FORM, "Cookie": cookies["annotator"]}
    answer = ask(app, Asked("/sign-in", "POST", headers, body))
    assert me(app, answer.cookies[COOKIE]).json["name"] == "owner"
    assert me(app, cookies["annotator"]).status == 401


def test_passwords_that_are_tried_all_at_once_count_each(tmp_path: Path) -> None:
    project, _ = make_shared_project(tmp_path)
    app = make_app(project)
    body = urlencode({"name": "annotator", "password": "wrong password"}).encode()

    async def at_once() -> list[int]:
        asked = [Asked("/sign-in", "POST", FORM, body) for _ in range(20)]
        return [answer.status for answer in await asyncio.gather(*(aask(app, a) for a in asked))]

    statuses = asyncio.run(at_once())
    assert sorted(statuses) == [401] * 5 + [429] * 15


def test_no_route_hides_in_the_table_twice() -> None:
    named = [(route.path, route.method) for route in ROUTES]
    assert len(named) == len(set(named))
