"""Store what annotators say of faces, and choose what they see next."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, distinct, false, func, or_, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from db.curation import Face
from db.labelling import Annotation
from db.labels import Expression, Flag

_SAYS_SOMETHING = or_(Annotation.label.is_not(None), Annotation.flag.is_not(None))
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Press:
    """One key press on one face: a label, a flag, or neither to take the last one back.

    Attributes:
        uuid: Made where the key was pressed, 36 lower-case characters; the same press
            sent twice carries the same one.
        face_id: The face that was on the screen.
        label: What the face shows.
        flag: Why it has no label.
        pressed_at: By the clock of the browser.
    """

    uuid: str
    face_id: int
    label: Expression | None
    flag: Flag | None
    pressed_at: datetime

    def __post_init__(self) -> None:
        """Refuse what no key of ours sends."""
        if not _UUID.fullmatch(self.uuid):
            raise ValueError(
                f"Expected a UUID of 36 lower-case characters. Received: {self.uuid!r}"
            )
        if self.label and self.flag:
            raise ValueError(
                f"A press is a label or a flag, not both. Received: {self.label}, {self.flag}"
            )
        if self.pressed_at.tzinfo is None:
            raise ValueError(f"A time must be aware. Received: {self.pressed_at!r}")


@dataclass(frozen=True)
class StoredPresses:
    """What became of presses.

    Attributes:
        kept: The uuids that are safe once the caller has committed, those that were
            known already among them.
        refused: One issue for each press that never can be stored; its item is the uuid.
    """

    kept: list[str]
    refused: list[Issue]


def store_presses(
    session: Session, annotator_id: int, presses: Sequence[Press], now: datetime
) -> StoredPresses:
    """Store presses in the order given; the caller commits.

    A press that is stored already is kept as it was. A press on a face that is gone, or
    whose uuid belongs to somebody else, is refused and does not hold up the others.
    """
    known_faces = _known_faces(session, presses)
    storable = [press for press in presses if press.face_id in known_faces]
    if storable:
        rows = [_row(annotator_id, press, now) for press in storable]
        session.execute(insert(Annotation).on_conflict_do_nothing(index_elements=["uuid"]), rows)
    owners = _owners(session, storable)
    kept = [press.uuid for press in storable if owners[press.uuid] == annotator_id]
    refused = [
        *(_gone(press) for press in presses if press.face_id not in known_faces),
        *(_taken(press) for press in storable if owners[press.uuid] != annotator_id),
    ]
    return StoredPresses(kept, refused)


def _known_faces(session: Session, presses: Sequence[Press]) -> set[int]:
    wanted = {press.face_id for press in presses}
    return set(session.scalars(select(Face.id).where(Face.id.in_(wanted))))


def _owners(session: Session, presses: Sequence[Press]) -> dict[str, int]:
    uuids = [press.uuid for press in presses]
    query = select(Annotation.uuid, Annotation.annotator_id).where(Annotation.uuid.in_(uuids))
    return dict(session.execute(query).all())


def _row(annotator_id: int, press: Press, now: datetime) -> dict[str, object]:
    return {
        "uuid": press.uuid,
        "face_id": press.face_id,
        "annotator_id": annotator_id,
        "label": press.label,
        "flag": press.flag,
        "pressed_at": press.pressed_at,
        "stored_at": now,
    }


def _gone(press: Press) -> Issue:
    return Issue(press.uuid, f"Face {press.face_id} is no longer in the project. Go on labelling.")


def _taken(press: Press) -> Issue:
    return Issue(press.uuid, "This press was stored for another person. Label the face again.")


def next_faces(
    session: Session, annotator_id: int, without: Collection[int], count: int
) -> list[int]:
    """Choose the faces that an annotator should see next.

    A face is open while the annotator has said nothing of it or has taken everything
    back. Faces that the fewest others have looked at come first, among them the lowest id.

    Args:
        without: Face ids that the annotator's browser has in hand.
        count: How many at most.
    """
    query = (
        select(Face.id)
        .where(~_is_annotated(annotator_id), Face.id.not_in(without))
        .order_by(_other_annotators(annotator_id), Face.id)
        .limit(count)
    )
    return list(session.scalars(query))


def _is_annotated(annotator_id: int) -> ColumnElement[bool]:
    newest = (
        select(_SAYS_SOMETHING)
        .where(Annotation.annotator_id == annotator_id, Annotation.face_id == Face.id)
        .order_by(Annotation.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(newest, false())


def _other_annotators(annotator_id: int) -> ScalarSelect[int]:
    return (
        select(func.count(distinct(Annotation.annotator_id)))
        .where(Annotation.face_id == Face.id, Annotation.annotator_id != annotator_id)
        .scalar_subquery()
    )


def annotated_count(session: Session, annotator_id: int, since: datetime | None = None) -> int:
    """Count the faces that an annotator has given a label or a flag that still stands.

    Args:
        since: Count only what was stored then or later.
    """
    newest = (
        select(func.max(Annotation.id))
        .where(Annotation.annotator_id == annotator_id)
        .group_by(Annotation.face_id)
    )
    query = select(func.count()).where(Annotation.id.in_(newest), _SAYS_SOMETHING)
    if since is not None:
        query = query.where(Annotation.stored_at >= since)
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
