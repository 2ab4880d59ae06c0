"""The socket of a camera and the download of the net, behind the wall, without a browser."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from curator.app.models.live_routes import CANNOT, MOST_FRAME_BYTES, TOO_LARGE
from curator.app.people.access_control import SIGNED_OUT
from curator.app.routes import NO_ROLE
from tests.app.asgi import Asked, _run, ask
from tests.app.makers import make_app, make_local_project, make_shared_project
from tests.steps.models.standard import colour_net, make_standard
from tests.steps.models.test_live_predictions import tinted

pytestmark = pytest.mark.slow


def talk(app: Any, *frames: bytes, cookie: str = "") -> list[Message]:
    """Open the socket, send frames, leave; return what the app sent."""
    headers = {"Cookie": cookie, "Origin": "http://localhost:8501"}
    messages: list[Message] = [
        {"type": "websocket.connect"},
        *({"type": "websocket.receive", "bytes": frame} for frame in frames),
        {"type": "websocket.disconnect", "code": 1000},
    ]
    return asyncio.run(_run(app, Asked("/api/live", headers=headers, type="websocket"), messages))


def answers(sent: list[Message]) -> list[Any]:
    return [json.loads(one["text"]) for one in sent if one["type"] == "websocket.send"]


def closing_code(sent: list[Message]) -> int | None:
    return next((one["code"] for one in sent if one["type"] == "websocket.close"), None)


def test_each_frame_is_answered_with_its_faces_as_shares_of_it(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    make_standard(project.standard_model)

    first, bad, second = answers(talk(make_app(project), tinted(0), b"no jpeg", tinted(0)))

    (face,) = first["faces"]
    left, top, right, bottom = face["box"]
    assert 0.3 < left < right < 0.7
    assert 0.2 < top < bottom < 0.8
    assert face["number"] == second["faces"][0]["number"] == 1
    assert sum(face["probabilities"]) == pytest.approx(1, abs=0.001)
    assert bad["problem"].startswith("The frame is no image")
    assert not project.uploads.exists()


def test_a_frame_beyond_the_limit_ends_the_talk(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    make_standard(project.standard_model)
    sent = talk(make_app(project), b"\0" * (MOST_FRAME_BYTES + 1))
    assert (answers(sent), closing_code(sent)) == ([], TOO_LARGE)


def test_without_a_model_the_page_is_told_what_to_do(tmp_path: Path) -> None:
    sent = talk(make_app(make_local_project(tmp_path)), tinted(0))
    (said,) = answers(sent)
    assert "Run a benchmark" in said["problem"]
    assert closing_code(sent) == CANNOT


@pytest.mark.parametrize(
    ("name", "code"),
    [("anonymous", SIGNED_OUT), ("revoked", SIGNED_OUT), ("annotator", NO_ROLE),
     ("reviewer", None), ("owner", None)],
)  # fmt: skip
def test_the_socket_opens_to_reviewers_and_owners_alone(
    name: str, code: int | None, tmp_path: Path
) -> None:
    project, cookies = make_shared_project(tmp_path)
    make_standard(project.standard_model)
    sent = talk(make_app(project), tinted(0), cookie=cookies[name])
    assert (len(answers(sent)), closing_code(sent)) == (1 if code is None else 0, code)


def test_a_page_of_another_site_cannot_look_through_the_camera_s_socket(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    make_standard(project.standard_model)
    asked = Asked("/api/live", headers={"Origin": "https://evil.example"}, type="websocket")
    sent = asyncio.run(_run(make_app(project), asked, [{"type": "websocket.connect"}]))
    assert [one["type"] for one in sent] == ["websocket.close"]


def test_the_net_is_downloaded_in_the_forms_it_has(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    app = make_app(project)
    assert ask(app, Asked("/api/standard/onnx")).status == 404
    make_standard(project.standard_model)

    sent = ask(app, Asked("/api/standard/onnx"))

    assert (sent.status, sent.body) == (200, colour_net())
    assert sent.headers["content-disposition"] == 'attachment; filename="colours-net.onnx"'
    for missing in ("tflite", "keras", "card.json"):
        assert ask(app, Asked(f"/api/standard/{missing}")).status == 404
