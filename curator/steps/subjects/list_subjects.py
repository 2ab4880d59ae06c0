"""What is known of who is shown: told by sources, and found by measuring faces."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.project.biometrics import Biometrics
from db.project.project_folder import Project
from db.tables.duplicates import FoundSubject
from db.tables.images import Face, Image, Source

SUBJECTS_A_PAGE = 12
SHOWN_FACES = 24
"""Of one subject; more make the page slow and tell little more."""


@dataclass(frozen=True)
class ShownFace:
    """A face of a found subject.

    Attributes:
        face_id: The face.
        source: Where its image came from.
        told: The subject that the source tells; None where it tells none.
    """

    face_id: int
    source: str
    told: str | None


@dataclass(frozen=True)
class ListedSubject:
    """A person that was found.

    Attributes:
        name: Such as `p00001`, which says nothing of who it is.
        size: How many faces show the person.
        told: The subjects that sources tell of these faces, each with its faces, the most
            frequent first.
        faces: At most `SHOWN_FACES` of them: one of each told subject, then a second.
    """

    name: str
    size: int
    told: dict[str, int]
    faces: tuple[ShownFace, ...]


@dataclass(frozen=True)
class SubjectCounts:
    """How much was found.

    Attributes:
        faces: Faces of the project.
        embeddings: Faces whose embedding is kept.
        subjects: Persons found.
        tied: Faces that show them.
        largest: Faces of the one with most.
    """

    faces: int
    embeddings: int
    subjects: int
    tied: int
    largest: int


def stated_subjects(session: Session) -> pd.DataFrame:
    """Count what each source tells of who is shown.

    Returns:
        One row per source by name: `source_id` (int), `source` (str), `faces`, `told` (int,
        faces whose subject it tells) and `subjects` (int).
    """
    counts = func.count(Face.id), func.count(Face.subject), func.count(Face.subject.distinct())
    rows = session.execute(
        select(Source.id, Source.name, *counts)
        .outerjoin(Image, Image.source_id == Source.id)
        .outerjoin(Face, Face.image_id == Image.id)
        .group_by(Source.id)
        .order_by(Source.name)
    )
    columns = ["source_id", "source", "faces", "told", "subjects"]
    return pd.DataFrame(rows.all(), columns=columns)


def count_subjects(project: Project, session: Session) -> SubjectCounts:
    """Count what was measured and found."""
    size = func.count(FoundSubject.face_id)
    sizes = session.scalars(select(size).group_by(FoundSubject.subject)).all()
    return SubjectCounts(
        faces=session.scalar(select(func.count()).select_from(Face)) or 0,
        embeddings=Biometrics(project.folder).count(),
        subjects=len(sizes),
        tied=sum(sizes),
        largest=max(sizes, default=0),
    )


def list_subjects(session: Session, page: int) -> list[ListedSubject]:
    """List a page of found subjects, those with most faces first.

    Args:
        page: From 1.
    """
    size = func.count().label("size")
    query = select(FoundSubject.subject, size).group_by(FoundSubject.subject)
    ordered = query.order_by(size.desc(), FoundSubject.subject)
    rows = session.execute(
        ordered.limit(SUBJECTS_A_PAGE).offset((page - 1) * SUBJECTS_A_PAGE)
    ).all()
    faces = _faces_of(session, [row.subject for row in rows])
    return [_listed(row.subject, faces[row.subject]) for row in rows]


def _faces_of(session: Session, subjects: Collection[str]) -> dict[str, list[ShownFace]]:
    query = (
        select(FoundSubject.subject, Face.id, Source.name, Face.subject)
        .join(Face, Face.id == FoundSubject.face_id)
        .join(Image, Image.id == Face.image_id)
        .join(Source, Source.id == Image.source_id)
        .where(FoundSubject.subject.in_(subjects))
        .order_by(FoundSubject.subject, Face.id)
    )
    groups = groupby(session.execute(query), key=lambda row: row[0])
    return {name: [ShownFace(*row[1:]) for row in rows] for name, rows in groups}


def _listed(name: str, faces: list[ShownFace]) -> ListedSubject:
    told = Counter(face.told for face in faces if face.told)
    shown = tuple(_in_turn(faces)[:SHOWN_FACES])
    return ListedSubject(name, len(faces), dict(told.most_common()), shown)


def _in_turn(faces: list[ShownFace]) -> list[ShownFace]:
    """Put first one face of each told subject, so that none of these stays out of sight."""
    before: Counter[str | None] = Counter()
    turns = []
    for face in faces:
        turns.append((before[face.told], face.face_id))
        before[face.told] += 1
    return [face for _, face in sorted(zip(turns, faces, strict=True), key=lambda turn: turn[0])]
