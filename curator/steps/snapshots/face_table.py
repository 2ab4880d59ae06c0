"""All faces of a project with what is known of each, in one table."""

from collections.abc import Iterator, Set
from typing import Any

import pandas as pd
from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import COUNT_COLUMNS, ConsensusRule
from curator.core.duplicates.groups import conflicting
from curator.core.snapshots.splits import units
from curator.steps.consensus.settle_labels import consensus
from curator.steps.duplicates.group_duplicates import decided_apart
from db.tables.duplicates import DuplicateMember, DuplicatePair, FoundSubject
from db.tables.images import Face, Image, Source

_FACE_COLUMNS = {
    "face_id": Face.id,
    "image_id": Face.image_id,
    "crop_sha256": Face.crop_sha256,
    "subject": Face.subject,
    "confidence": Face.confidence,
    "x_min": Face.x_min,
    "y_min": Face.y_min,
    "x_max": Face.x_max,
    "y_max": Face.y_max,
    "phash": Face.phash,
    "phash_mirrored": Face.phash_mirrored,
    "image_sha256": Image.sha256,
    "image_name": Image.name,
    "source": Source.name,
    "terms": Source.terms,
    "sequence": Image.sequence,
    "keeper_id": DuplicateMember.keeper_id,
    "found_subject": FoundSubject.subject,
}


def face_table(session: Session, rule: ConsensusRule | None = None) -> pd.DataFrame:
    """Join every face with its image, source, duplicate group, unit and consensus.

    Args:
        rule: When annotations settle a label; the project's own when none is given.

    Returns:
        One row per face by `face_id`: the columns of `_FACE_COLUMNS`, those of the
        consensus (`verdict`, `leading`: missing without votes; `votes` 0), `unit` (str),
        `is_keeper` (bool, true outside duplicate groups) and `is_conflicting` (bool, its
        duplicate group is settled on different labels).
    """
    faces = _stored_faces(session).join(consensus(session, rule), on="face_id")
    counted = list(COUNT_COLUMNS)
    faces[counted] = faces[counted].fillna(0).astype("int64")
    faces["share"] = faces["share"].fillna(0.0)
    faces["is_keeper"] = faces["keeper_id"].isna() | (faces["keeper_id"] == faces["face_id"])
    faces["is_conflicting"] = conflicting(faces["keeper_id"], faces["verdict"])
    faces["unit"] = units(faces, _pairs(session))
    return faces


def rows_of(
    session: Session, query: Select[*tuple[Any, ...]], face_ids: Set[int]
) -> Iterator[Row[*tuple[Any, ...]]]:
    """Yield the rows of a query whose `face_id` is among those given.

    All are read, since these may be more than SQLite takes as parameters.
    """
    rows = session.execute(query.execution_options(yield_per=10_000))
    return (row for row in rows if row.face_id in face_ids)


def _pairs(session: Session) -> pd.DataFrame:
    """Return the pairs that show the same picture and that nobody says are different."""
    apart = decided_apart(session)
    rows = session.execute(select(DuplicatePair.first_id, DuplicatePair.second_id))
    tied = [pair for pair in rows if pair not in apart]
    return pd.DataFrame(tied, columns=["first_id", "second_id"], dtype="int64")


def _stored_faces(session: Session) -> pd.DataFrame:
    rows = session.execute(
        select(*(column.label(name) for name, column in _FACE_COLUMNS.items()))
        .join(Image, Face.image_id == Image.id)
        .join(Source, Image.source_id == Source.id)
        .outerjoin(DuplicateMember, DuplicateMember.face_id == Face.id)
        .outerjoin(FoundSubject, FoundSubject.face_id == Face.id)
        .order_by(Face.id)
    )
    table = pd.DataFrame(rows.all(), columns=list(_FACE_COLUMNS))
    return table.astype(
        {"face_id": "int64", "keeper_id": "Int64", "phash": "int64"} | {"phash_mirrored": "int64"}
    )
