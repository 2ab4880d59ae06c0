"""Store what annotators say of faces."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.steps.labelling.annotation_event import AnnotationEvent
from db.tables.annotations import Annotation
from db.tables.assignment import Lease, Skip
from db.tables.guidance import Guideline
from db.tables.images import Face


@dataclass(frozen=True)
class StoredAnnotations:
    """What became of presses.

    Attributes:
        kept: The uuids that are safe once the caller has committed, those that were
            known already among them.
        refused: One issue for each press that never can be stored; its item is the uuid.
    """

    kept: list[str]
    refused: list[Issue]


def store_annotations(
    session: Session, annotator_id: int, events: Sequence[AnnotationEvent], now: datetime
) -> StoredAnnotations:
    """Store presses in the order given; the caller commits.

    A press that is stored already is kept as it was. A press on a face that is gone, or
    whose uuid belongs to somebody else, is refused and does not hold up the others.
    """
    known_faces = _known_faces(session, events)
    known = [event for event in events if event.face_id in known_faces]
    storable = [event for event in known if not event.is_skip]
    _store_annotations(session, annotator_id, storable, now)
    skips = [event for event in known if event.is_skip]
    _store_skips(session, annotator_id, skips, now)
    _let_go(session, annotator_id, known)
    owners = _owners(session, storable) | {event.uuid: annotator_id for event in skips}
    kept = [event.uuid for event in known if owners[event.uuid] == annotator_id]
    refused = [
        *(_gone(event) for event in events if event.face_id not in known_faces),
        *(_taken(event) for event in known if owners[event.uuid] != annotator_id),
    ]
    return StoredAnnotations(kept, refused)


def _store_annotations(
    session: Session, annotator_id: int, events: Sequence[AnnotationEvent], now: datetime
) -> None:
    if not events:
        return
    guidelines = set(session.scalars(select(Guideline.id)))
    rows = [_row(annotator_id, event, now) for event in events]
    for row in rows:
        if row["guideline_id"] not in guidelines:
            row["guideline_id"] = None  # no label is lost for a version that is gone
    session.execute(
        insert(Annotation).on_conflict_do_nothing(index_elements=["uuid"]),
        rows,
        execution_options={"render_nulls": True},  # one statement for all, in their order
    )


def _store_skips(
    session: Session, annotator_id: int, events: Sequence[AnnotationEvent], now: datetime
) -> None:
    if not events:
        return
    rows = [
        {"face_id": event.face_id, "annotator_id": annotator_id, "stored_at": now}
        for event in events
    ]
    session.execute(insert(Skip).on_conflict_do_nothing(), rows)


def _let_go(session: Session, annotator_id: int, events: Sequence[AnnotationEvent]) -> None:
    faces = {event.face_id for event in events}
    mine = (Lease.annotator_id == annotator_id, Lease.face_id.in_(faces))
    session.execute(delete(Lease).where(*mine))


def _known_faces(session: Session, events: Sequence[AnnotationEvent]) -> set[int]:
    wanted = {event.face_id for event in events}
    return set(session.scalars(select(Face.id).where(Face.id.in_(wanted))))


def _owners(session: Session, events: Sequence[AnnotationEvent]) -> dict[str, int]:
    uuids = [event.uuid for event in events]
    query = select(Annotation.uuid, Annotation.annotator_id).where(Annotation.uuid.in_(uuids))
    return dict(session.execute(query).all())


def _row(annotator_id: int, event: AnnotationEvent, now: datetime) -> dict[str, object]:
    return {
        "uuid": event.uuid,
        "face_id": event.face_id,
        "annotator_id": annotator_id,
        "label": event.label,
        "flag": event.flag,
        "pressed_at": event.pressed_at,
        "stored_at": now,
        **asdict(event.answers),
        **asdict(event.shown),
    }


def _gone(event: AnnotationEvent) -> Issue:
    return Issue(event.uuid, f"Face {event.face_id} is no longer in the project. Go on labelling.")


def _taken(event: AnnotationEvent) -> Issue:
    return Issue(event.uuid, "This press was stored for another person. Label the face again.")
