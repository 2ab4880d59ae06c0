"""Ids for new faces and images: never one that an erased one had."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.curation import Face, Image
from db.tombstones import Erasure

_NEWEST = {Face: Erasure.newest_face_id, Image: Erasure.newest_image_id}


def fresh_ids(session: Session, table: type[Face] | type[Image], count: int) -> range:
    """Return ids that no row has and none that was erased had.

    SQLite gives the greatest id anew once its row is gone. Snapshots and searches name faces by
    their ids, so that another person's face would be taken for the one that was erased.

    Args:
        session: A writing session; its lock keeps others from taking the same ids.
        table: What the ids are of.
        count: How many are needed.
    """
    there = session.scalar(select(func.max(table.id))) or 0
    erased = session.scalar(select(func.max(_NEWEST[table]))) or 0
    first = max(there, erased) + 1
    return range(first, first + count)
