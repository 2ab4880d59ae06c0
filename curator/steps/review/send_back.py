"""Ask annotators to think a label over."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from db.tables.annotations import STANDING, SentBack
from db.tables.people import Annotator, Role

LONGEST_NOTE = 500


def send_back(
    session: Session, annotation_ids: Collection[int], note: str, by: int, now: datetime
) -> int:
    """Send annotations back to those who made them; the caller commits.

    They no longer count, and each annotator gets the face again with the note. What no
    longer stands, and what came with a source, whom nobody can ask, is left as it is.

    Args:
        session: A writing session.
        annotation_ids: Of the annotations.
        note: What to look at, at most 500 characters; may be empty.
        by: The reviewer.
        now: The time.

    Returns:
        How many were sent back.

    Raises:
        CuratorError: The note is too long, or nothing was left to send back.
    """
    note = note.strip()
    if len(note) > LONGEST_NOTE:
        raise CuratorError(f"A note has at most {LONGEST_NOTE} characters. Received: {len(note)}")
    found = list(session.scalars(_askable().where(STANDING.c.id.in_(annotation_ids))))
    if not found:
        raise CuratorError(
            "Nothing could be sent back: these annotations came with a source, "
            "or their annotators have changed them meanwhile."
        )
    session.add_all(
        SentBack(annotation_id=annotation_id, by_id=by, note=note, stored_at=now)
        for annotation_id in found
    )
    session.flush()
    return len(found)


def _askable() -> Select[int]:
    return (
        select(STANDING.c.id)
        .join(Annotator, Annotator.id == STANDING.c.annotator_id)
        .where(Annotator.role != Role.SOURCE, Annotator.revoked_at.is_(None))
    )
