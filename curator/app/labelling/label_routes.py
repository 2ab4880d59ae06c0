"""The addresses that the labeller talks to: faces out, labels in."""

import logging
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from random import SystemRandom
from threading import Lock
from typing import Any

import anyio.to_thread
from sqlalchemy.exc import OperationalError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from curator.app.common.row_ids import row_id
from curator.app.labelling.label_request import LabelRequest, body_of, label_request
from curator.app.people.access_control import person_of, project_of
from curator.steps.labelling.annotate import StoredAnnotations, store_annotations
from curator.steps.labelling.annotation_event import AnnotationEvent
from curator.steps.labelling.annotator_progress import feedback, progress, standing_annotations
from curator.steps.labelling.assign_faces import choose_faces, take_faces
from curator.steps.labelling.assignable_faces import AssignmentRequest
from curator.steps.people.accounts import Person
from db.project.project_folder import Project
from db.tables.base import is_out_of_room

MOST_AT_ONCE = 200

_LOG = logging.getLogger(__name__)


@dataclass
class _Alarm:
    """Tells the log once that labels cannot be stored, not at each try of each page."""

    has_sounded: bool = False

    def sound(self, person: Person, error: OperationalError) -> None:
        """Log the first failure since labels could last be stored."""
        if not self.has_sounded:
            _LOG.error("Labels of %s could not be stored: %s", person.name, error.orig)
        self.has_sounded = True


_ALARM = _Alarm()
_CHANCE = SystemRandom()
# Writers that wait for SQLite look again now and then, and the last to come may be the first
# to get in. Those of this process wait for each other here instead, in their turn.
_TURN = Lock()
_NO_STORE = {"Cache-Control": "no-store"}


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
        wanted = label_request(await body_of(request))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        return PlainTextResponse(f"This is not what the labeller sends: {error}", 422)
    if wanted.person_key != person.key:
        return PlainTextResponse("These labels are of another person.", 409)
    try:
        answer = await anyio.to_thread.run_sync(_answer, project_of(request), person, wanted)
    except OperationalError as error:
        status = _status_of(error)
        if status is None:
            raise
        _ALARM.sound(person, error)
        return PlainTextResponse("The server cannot write now; nothing was stored.", status)
    _ALARM.has_sounded = False
    return answer


def _status_of(error: OperationalError) -> int | None:
    """Say as what a failed write is answered: busy, no room, or None for a fault of ours."""
    if "locked" in str(error.orig):
        return 503
    return 507 if is_out_of_room(error) else None


def _signed_in(request: Request) -> Person:
    person = person_of(request)
    if person is None:
        raise RuntimeError("The wall let a request without a person through to a closed path.")
    return person


def _answer(project: Project, person: Person, sent: LabelRequest) -> Response:
    """Store and commit, then read what comes next, outside the write lock."""
    stored, commit_ms = _store(project, person, sent.events)
    issues = [*sent.refused, *stored.refused]
    answer: dict[str, Any] = {
        "kept": stored.kept,
        "refused": [{"uuid": issue.item, "reason": issue.reason} for issue in issues],
        "feedback": _known(project, sent.events, stored),
        **(_coming(project, person, sent) if sent.want else {}),
    }
    timing = {"Server-Timing": f"commit;dur={commit_ms:.1f}"} if sent.events else {}
    return JSONResponse(answer, headers=_NO_STORE | timing)


def _store(
    project: Project, person: Person, events: list[AnnotationEvent]
) -> tuple[StoredAnnotations, float]:
    """Store and commit; say what became of the presses and how many milliseconds it took."""
    if not events:
        return StoredAnnotations([], []), 0.0
    began = time.perf_counter()
    with _TURN, project.writing() as session:
        stored = store_annotations(session, person.id, events, datetime.now(UTC))
        session.commit()
    return stored, 1000 * (time.perf_counter() - began)


def _known(
    project: Project, events: list[AnnotationEvent], stored: StoredAnnotations
) -> list[dict[str, Any]]:
    kept = [event for event in events if event.uuid in set(stored.kept)]
    if not kept:
        return []
    with project.reading() as session:
        told = feedback(session, kept)
    return [{"uuid": one.uuid, "face": one.face_id, "label": one.label} for one in told]


def _coming(project: Project, person: Person, sent: LabelRequest) -> dict[str, Any]:
    asker = AssignmentRequest(person.id, sent.have, datetime.now(UTC), sent.queue)
    with project.reading() as session:
        chosen = choose_faces(session, asker, sent.want, _CHANCE)
        far = progress(session, person.id, sent.day_began)
    with _TURN, project.writing() as session:
        taken = take_faces(session, asker, chosen, _CHANCE)
        session.commit()
    notes = {str(face): note for face, note in chosen.notes.items()}
    return {"faces": taken, "notes": notes, "progress": {**asdict(far), "left": chosen.left}}


async def own_annotations(request: Request) -> Response:
    """List what the person who asks has said, newest first."""
    try:
        before = request.query_params.get("before")
        limit = None if before is None else row_id(before)
        count = min(row_id(request.query_params.get("count", 30)), MOST_AT_ONCE)
    except ValueError as error:
        return PlainTextResponse(f"Ask with whole numbers: {error}", 422)
    said = await anyio.to_thread.run_sync(
        _said, project_of(request), _signed_in(request), count, limit
    )
    return JSONResponse({"annotations": said}, headers=_NO_STORE)


def _said(project: Project, person: Person, count: int, before: int | None) -> list[dict[str, Any]]:
    with project.reading() as session:
        rows = standing_annotations(session, person.id, count, before)
    return [
        {
            "id": row.id,
            "face": row.face_id,
            "label": row.label,
            "flag": row.flag,
            "at": int(row.at.timestamp() * 1000),
        }
        for row in rows
    ]
