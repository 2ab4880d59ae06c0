"""Ids for new faces and images: never one that an erased one had."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.steps.faces.cut_faces import CutFace
from curator.steps.faces.match_source_labels import labelled_box
from db.tables.erasures import Erasure
from db.tables.images import Face, Image

_NEWEST = {Face: Erasure.newest_face_id, Image: Erasure.newest_image_id}


def new_ids(session: Session, table: type[Face] | type[Image], count: int) -> range:
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


def face_rows(
    image_id: int, faces: Sequence[CutFace], subject: str | None, now: datetime
) -> list[dict[str, Any]]:
    """Lay out the rows of an image's faces; the subject is that of the face meant."""
    edges = ("x_min", "y_min", "x_max", "y_max")
    meant = labelled_box([tuple(face.row[edge] for edge in edges) for face in faces])
    return [
        face.row
        | {"image_id": image_id, "found_at": now, "subject": (place == meant and subject) or None}
        for place, face in enumerate(faces)
    ]


def with_new_ids(session: Session, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give rows of new faces their ids."""
    ids = new_ids(session, Face, len(rows))
    return [row | {"id": face_id} for face_id, row in zip(ids, rows, strict=True)]
