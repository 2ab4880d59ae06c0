"""What an annotator is shown of the own work: how far, what was said, what is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.steps.labelling.annotation_event import AnnotationEvent
from curator.steps.project.settings import settings
from db.labels import Expression, Flag
from db.tables.annotations import STANDING, Annotation
from db.tables.guidance import GoldFace
from db.tables.images import Face


def annotated_count(session: Session, annotator_id: int, since: datetime | None = None) -> int:
    """Count the faces that an annotator has given a label or a flag that still stands.

    Args:
        since: Count only what was stored then or later.
    """
    query = select(func.count()).where(STANDING.c.annotator_id == annotator_id)
    if since is not None:
        query = query.where(STANDING.c.stored_at >= since)
    return session.scalar(query) or 0


@dataclass(frozen=True)
class AnnotatorProgress:
    """How far an annotator is.

    Attributes:
        total: Faces in the project.
        annotated: Those that the annotator has given a label or a flag.
        today: Those of them that were given it today.
    """

    total: int
    annotated: int
    today: int


def progress(session: Session, annotator_id: int, day_began: datetime) -> AnnotatorProgress:
    """Say how far an annotator is; `day_began` is midnight where the annotator sits."""
    return AnnotatorProgress(
        total=session.scalar(select(func.count()).select_from(Face)) or 0,
        annotated=annotated_count(session, annotator_id),
        today=annotated_count(session, annotator_id, day_began),
    )


@dataclass(frozen=True)
class OwnAnnotation:
    """One thing an annotator said that still counts.

    Attributes:
        id: Its row; greater is later.
        face_id: Of which face.
        label: What it shows, or None.
        flag: Why it has no label, or None.
        at: When it was stored.
    """

    id: int
    face_id: int
    label: Expression | None
    flag: Flag | None
    at: datetime


def standing_annotations(
    session: Session, annotator_id: int, count: int, before: int | None = None
) -> list[OwnAnnotation]:
    """List what an annotator said that still counts, newest first.

    Args:
        count: How many at most.
        before: Only rows with an id below this one.
    """
    query = (
        select(Annotation)
        .join(STANDING, STANDING.c.id == Annotation.id)
        .where(STANDING.c.annotator_id == annotator_id)
        .order_by(Annotation.id.desc())
        .limit(count)
    )
    if before is not None:
        query = query.where(Annotation.id < before)
    return [
        OwnAnnotation(row.id, row.face_id, row.label, row.flag, row.stored_at)
        for row in session.scalars(query)
    ]


@dataclass(frozen=True)
class Feedback:
    """What is known of a gold face that an annotator has just labelled.

    Attributes:
        uuid: The press.
        face_id: The face.
        label: What the face is known to show.
    """

    uuid: str
    face_id: int
    label: Expression


def feedback(session: Session, events: Sequence[AnnotationEvent]) -> list[Feedback]:
    """Say what is known of the gold faces among presses, where the project tells it."""
    labelled = [event for event in events if event.label]
    if not labelled or not settings(session).gold_feedback:
        return []
    faces = {event.face_id for event in labelled}
    gold = select(GoldFace.face_id, GoldFace.label).where(GoldFace.face_id.in_(faces))
    labels: dict[int, Expression] = dict(session.execute(gold).all())
    return [
        Feedback(event.uuid, event.face_id, labels[event.face_id])
        for event in labelled
        if event.face_id in labels
    ]
