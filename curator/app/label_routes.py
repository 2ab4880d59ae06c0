"""The addresses that the labeller talks to: faces out, labels in."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from curator.app.wall import person_of, project_of
from curator.core.issues import Issue
from curator.steps.annotate import Press, next_faces, progress, store_presses
from curator.steps.people import Person
from curator.steps.show_faces import crop_of_face, image_to_look_at, view_of_face
from db.labels import Expression, Flag
from db.project import Project

MOST_PRESSES = 500
MOST_FACES = 200
MOST_BODY_BYTES = 1_000_000

_KEPT_BY_BROWSER = {"Cache-Control": "private, max-age=300"}
_NO_STORE = {"Cache-Control": "no-store"}


async def face_view(request: Request) -> Response:
    """Send the larger cut of a face."""
    return await _picture(request, view_of_face, "face_id", "image/jpeg")


async def face_crop(request: Request) -> Response:
    """Send the crop of a face."""
    return await _picture(request, crop_of_face, "face_id", "image/png")


async def source_image(request: Request) -> Response:
    """Send the image that a face came from, without what its file says beside pixels."""
    return await _picture(request, image_to_look_at, "image_id", "image/jpeg")


async def _picture(
    request: Request, read: Callable[[Project, int], bytes | None], key: str, media_type: str
) -> Response:
    number: int = request.path_params[key]
    if number.bit_length() > 63:  # more than a row id can be
        return PlainTextResponse("There is no such picture.", 404)
    content = await anyio.to_thread.run_sync(read, project_of(request), number)
    if content is None:
        return PlainTextResponse("There is no such picture.", 404)
    return Response(content, media_type=media_type, headers=_KEPT_BY_BROWSER)


async def me(request: Request) -> Response:
    """Say who is asking, and hand out the token that changes need."""
    person = _signed_in(request)
    facts = {"key": person.key, "name": person.name, "role": person.role}
    return JSONResponse({**facts, "csrf": person.csrf_token}, headers=_NO_STORE)


async def labels(request: Request) -> Response:
    """Store presses, commit, and only then say which are safe; send the next faces along."""
    person = _signed_in(request)
    stated = request.headers.get("x-csrf-token", "")
    if not compare_digest(stated.encode(), person.csrf_token.encode()):
        return PlainTextResponse("Ask /api/me for a new token.", 403)
    try:
        wanted = _sent(await _body(request))
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        return PlainTextResponse(f"This is not what the labeller sends: {error}", 422)
    if wanted.person_key != person.key:
        return PlainTextResponse("These labels are of another person.", 409)
    answer = await anyio.to_thread.run_sync(_answer, project_of(request), person, wanted)
    return JSONResponse(answer, headers=_NO_STORE)


def _signed_in(request: Request) -> Person:
    person = person_of(request)
    if person is None:
        raise RuntimeError("The wall let a request without a person through to a closed path.")
    return person


async def _body(request: Request) -> Any:
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > MOST_BODY_BYTES:
            raise ValueError(f"expected at most {MOST_BODY_BYTES:,} bytes")
    return json.loads(content)


@dataclass(frozen=True)
class _Sent:
    """One request of the labeller."""

    person_key: str
    presses: list[Press]
    refused: list[Issue]
    want: int
    have: set[int]
    day_began: datetime


def _sent(body: Any) -> _Sent:
    presses, refused = [], []
    for stated in body["presses"][:MOST_PRESSES]:
        try:
            presses.append(_press(stated))
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            refused.append(Issue(str(stated["uuid"]), f"This press is damaged: {error}"))
    return _Sent(
        person_key=str(body["person"]),
        presses=presses,
        refused=refused,
        want=min(max(int(body["want"]), 0), MOST_FACES),
        have={_row_id(face_id) for face_id in body["have"][:1000]},
        day_began=_time(body["day_began"]),
    )


def _press(stated: Any) -> Press:
    label, flag = stated.get("label"), stated.get("flag")
    return Press(
        uuid=str(stated["uuid"]),
        face_id=_row_id(stated["face"]),
        label=None if label is None else Expression(label),
        flag=None if flag is None else Flag(flag),
        pressed_at=_time(stated["at"]),
    )


def _row_id(stated: Any) -> int:
    row_id = int(stated)
    if not 0 < row_id < 2**63:
        raise ValueError(f"expected the number of a face, received {stated!r}")
    return row_id


def _time(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC)


def _answer(project: Project, person: Person, sent: _Sent) -> dict[str, Any]:
    """Store and commit, then read what comes next, outside the write lock."""
    kept, refused = _store(project, person, sent.presses)
    issues = [*sent.refused, *refused]
    answer: dict[str, Any] = {
        "kept": kept,
        "refused": [{"uuid": issue.item, "reason": issue.reason} for issue in issues],
    }
    return answer | (_coming(project, person, sent) if sent.want else {})


def _store(project: Project, person: Person, presses: list[Press]) -> tuple[list[str], list[Issue]]:
    if not presses:
        return [], []
    with project.writing() as session:
        stored = store_presses(session, person.id, presses, datetime.now(UTC))
        session.commit()
    return stored.kept, stored.refused


def _coming(project: Project, person: Person, sent: _Sent) -> dict[str, Any]:
    with project.reading() as session:
        return {
            "faces": next_faces(session, person.id, sent.have, sent.want),
            "progress": asdict(progress(session, person.id, sent.day_began)),
        }
