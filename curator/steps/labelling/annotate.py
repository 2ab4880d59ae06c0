"""Store what annotators say of faces."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.steps.labelling.annotation_event import Press
from db.tables.annotations import Annotation
from db.tables.assignment import Lease, Skip
from db.tables.guidance import Guideline
from db.tables.images import Face


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
    known = [press for press in presses if press.face_id in known_faces]
    storable = [press for press in known if not press.is_skip]
    _store_annotations(session, annotator_id, storable, now)
    skips = [press for press in known if press.is_skip]
    _store_skips(session, annotator_id, skips, now)
    _let_go(session, annotator_id, known)
    owners = _owners(session, storable) | {press.uuid: annotator_id for press in skips}
    kept = [press.uuid for press in known if owners[press.uuid] == annotator_id]
    refused = [
        *(_gone(press) for press in presses if press.face_id not in known_faces),
        *(_taken(press) for press in known if owners[press.uuid] != annotator_id),
    ]
    return StoredPresses(kept, refused)


def _store_annotations(
    session: Session, annotator_id: int, presses: Sequence[Press], now: datetime
) -> None:
    if not presses:
        return
    guidelines = set(session.scalars(select(Guideline.id)))
    rows = [_row(annotator_id, press, now) for press in presses]
    for row in rows:
        if row["guideline_id"] not in guidelines:
            row["guideline_id"] = None  # no label is lost for a version that is gone
    session.execute(
        insert(Annotation).on_conflict_do_nothing(index_elements=["uuid"]),
        rows,
        execution_options={"render_nulls": True},  # one statement for all, in their order
    )


def _store_skips(
    session: Session, annotator_id: int, presses: Sequence[Press], now: datetime
) -> None:
    if not presses:
        return
    rows = [
        {"face_id": press.face_id, "annotator_id": annotator_id, "stored_at": now}
        for press in presses
    ]
    session.execute(insert(Skip).on_conflict_do_nothing(), rows)


def _let_go(session: Session, annotator_id: int, presses: Sequence[Press]) -> None:
    faces = {press.face_id for press in presses}
    mine = (Lease.annotator_id == annotator_id, Lease.face_id.in_(faces))
    session.execute(delete(Lease).where(*mine))


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
        **asdict(press.answers),
        **asdict(press.shown),
    }


def _gone(press: Press) -> Issue:
    return Issue(press.uuid, f"Face {press.face_id} is no longer in the project. Go on labelling.")


def _taken(press: Press) -> Issue:
    return Issue(press.uuid, "This press was stored for another person. Label the face again.")
