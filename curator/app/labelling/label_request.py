"""What the labeller sends, read without trust."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from starlette.requests import Request

from curator.app.common.row_ids import row_id
from curator.core.issues import Issue
from curator.steps.labelling.annotation_event import AnnotationEvent, Answers, Shown
from curator.steps.labelling.assignable_faces import Queue
from db.labels import Expression, Flag
from db.tables.annotations import Posing

MOST_PRESSES = 500
MOST_FACES = 200
MOST_IN_HAND = 1000
MOST_BODY_BYTES = 1_000_000

T = TypeVar("T")


@dataclass(frozen=True)
class LabelRequest:
    """One request of the labeller.

    Attributes:
        person_key: Whose presses these are, as the browser believes.
        presses: What was pressed, in order.
        refused: One issue for each press that cannot be read; its item is the uuid.
        want: How many faces to send.
        have: Faces that the browser has in hand.
        day_began: Midnight where the annotator sits.
        queue: What the faces wanted must have been suggested to be; None for the label page.
    """

    person_key: str
    events: list[AnnotationEvent]
    refused: list[Issue]
    want: int
    have: set[int]
    day_began: datetime
    queue: Queue | None


async def body_of(request: Request) -> Any:
    """Read the JSON of a request.

    Raises:
        ValueError: It is no JSON, or longer than a megabyte.
    """
    content = b""
    async for part in request.stream():
        content += part
        if len(content) > MOST_BODY_BYTES:
            raise ValueError(f"expected at most {MOST_BODY_BYTES:,} bytes")
    return json.loads(content)


def label_request(body: Any) -> LabelRequest:
    """Read a request; a press that is damaged is refused by its uuid, the others are kept.

    Raises:
        ValueError, TypeError, KeyError, OverflowError: This is no request of the labeller.
    """
    events, refused = [], []
    for stated in body["presses"][:MOST_PRESSES]:
        try:
            events.append(_annotation_event(stated))
        except (ValueError, TypeError, KeyError, OverflowError) as error:
            refused.append(Issue(str(stated["uuid"]), f"This press is damaged: {error}"))
    return LabelRequest(
        person_key=str(body["person"]),
        events=events,
        refused=refused,
        want=min(max(int(body["want"]), 0), MOST_FACES),
        have={row_id(face_id) for face_id in body["have"][:MOST_IN_HAND]},
        day_began=_time(body["day_began"]),
        queue=_queue(body.get("queue")),
    )


def _annotation_event(stated: Any) -> AnnotationEvent:
    return AnnotationEvent(
        uuid=str(stated["uuid"]),
        face_id=row_id(stated["face"]),
        label=_given(stated, "label", Expression),
        flag=_given(stated, "flag", Flag),
        pressed_at=_time(stated["at"]),
        is_skip=stated.get("skip") is True,
        answers=Answers(
            intensity=_given(stated, "intensity", int),
            posing=_given(stated, "posing", Posing),
            is_occluded=_given(stated, "occluded", bool),
        ),
        shown=Shown(
            guideline_id=_given(stated, "guideline", row_id),
            suggested=_given(stated, "suggested", Expression),
            suggested_by=_given(stated, "suggested_by", str),
        ),
    )


def _given(stated: Any, name: str, read: Callable[[Any], T]) -> T | None:
    value = stated.get(name)
    return None if value is None else read(value)


def _queue(stated: Any) -> Queue | None:
    return None if stated is None else Queue(str(stated["origin"]), Expression(stated["label"]))


def _time(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(float(milliseconds) / 1000, UTC)
