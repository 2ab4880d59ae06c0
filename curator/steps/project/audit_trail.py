"""Who did what and when: annotations, final words, duplicates, guidelines, changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, func, literal, null, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from db.tables.annotations import Adjudication, Annotation, SentBack
from db.tables.audit import Change
from db.tables.base import UtcDateTime
from db.tables.duplicates import DuplicateDecision, Ruling
from db.tables.guidance import Guideline
from db.tables.people import Annotator


class Kind(StrEnum):
    """What a line of the trail is about."""

    ANNOTATION = "annotation"
    CHANGE = "change"
    DUPLICATE = "duplicate"
    FINAL_WORD = "final word"
    GUIDELINE = "guideline"
    SENT_BACK = "sent back"


@dataclass(frozen=True)
class TrailPosition:
    """Where a line stands in the trail: newest first, then by kind, then newest row first."""

    at: datetime
    kind: Kind
    row_id: int


@dataclass(frozen=True)
class AuditLine:
    """One line of the trail.

    Attributes:
        place: Where it stands, with its time and kind.
        by: The name of who did it; empty for a command.
        face_id: The face that it is about, if it is about one.
        what: What was done, in a few words.
        details: What belongs to it, without what is empty.
    """

    place: TrailPosition
    by: str
    face_id: int | None
    what: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """Which lines are wanted; None wants all.

    Attributes:
        face_id: About this face.
        by_id: Done by this annotator.
        kind: Of this kind.
        since: Done then or later.
        until: Done before then.
    """

    face_id: int | None = None
    by_id: int | None = None
    kind: Kind | None = None
    since: datetime | None = None
    until: datetime | None = None


ALL = Wanted()


def audit_trail(
    session: Session, wanted: Wanted = ALL, *, after: TrailPosition | None = None, count: int = 100
) -> list[AuditLine]:
    """Read lines of the trail, newest first.

    Args:
        wanted: Which lines.
        after: The place of the last line read before; None begins with the newest.
        count: How many at most.
    """
    names = annotator_names(session)
    lines = [
        part.line(row, names)
        for part in _PARTS
        if wanted.kind in {None, part.kind}
        for row in session.execute(part.wanted(wanted, after).limit(count))
    ]
    return sorted(lines, key=_order)[:count]


def annotator_names(session: Session) -> dict[int, str]:
    """Return the name of every annotator by id, in their order, sources among them."""
    query = select(Annotator.id, Annotator.name).order_by(Annotator.name)
    return dict(session.execute(query).all())


def _order(line: AuditLine) -> tuple[float, str, int]:
    place = line.place
    return -place.at.timestamp(), place.kind, -place.row_id


AuditEntry = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class _Part:
    """One table that lines come from.

    Attributes:
        kind: What its lines are about.
        rows: Its rows: `id`, `stored_at`, `by_id`, `face_id` and what `said` reads.
        said: Makes words and details of a row, given the names of annotators.
    """

    kind: Kind
    rows: Select[*tuple[Any, ...]]
    said: Callable[[Row[*tuple[Any, ...]], dict[int, str]], AuditEntry]

    def wanted(self, wanted: Wanted, after: TrailPosition | None) -> Select[*tuple[Any, ...]]:
        row = self.rows.subquery().c
        tests = [
            wanted.face_id is None or row.face_id == wanted.face_id,
            wanted.by_id is None or row.by_id == wanted.by_id,
            wanted.since is None or row.stored_at >= wanted.since,
            wanted.until is None or row.stored_at < wanted.until,
            after is None or self._is_after(row, after),
        ]
        query = select(*row).where(*(test for test in tests if test is not True))
        return query.order_by(row.stored_at.desc(), row.id.desc())

    def _is_after(self, row: ReadOnlyColumnCollection[str, Any], place: TrailPosition) -> Any:
        if self.kind > place.kind:
            return row.stored_at <= place.at
        if self.kind < place.kind:
            return row.stored_at < place.at
        return tuple_(row.stored_at, row.id) < tuple_(
            literal(place.at, UtcDateTime), literal(place.row_id)
        )

    def line(self, row: Row[*tuple[Any, ...]], names: dict[int, str]) -> AuditLine:
        what, details = self.said(row, names)
        kept = {name: value for name, value in details.items() if value is not None}
        place = TrailPosition(row.stored_at, self.kind, row.id)
        return AuditLine(place, names.get(row.by_id, ""), row.face_id, what, kept)


def _said_of_annotation(row: Row[*tuple[Any, ...]], _: dict[int, str]) -> AuditEntry:
    covered = {True: "yes", False: "no", None: None}[row.is_occluded]
    details = {
        "intensity": row.intensity,
        "posing": row.posing,
        "occluded": covered,
        "guideline": row.guideline_id,
        "suggested": row.suggested,
        "suggested by": row.suggested_by,
    }
    return _verdict(row), details


def _said_of_final_word(row: Row[*tuple[Any, ...]], _: dict[int, str]) -> AuditEntry:
    return _verdict(row), {}


def _verdict(row: Row[*tuple[Any, ...]]) -> str:
    return str(row.label or row.flag or "taken back")


def _said_of_sent_back(row: Row[*tuple[Any, ...]], names: dict[int, str]) -> AuditEntry:
    whose = names.get(row.annotator_id)
    return f"{_verdict(row)} of {whose}", {"annotation": row.id, "note": row.note or None}


def _said_of_duplicate(row: Row[*tuple[Any, ...]], _: dict[int, str]) -> AuditEntry:
    undone = None if row.undone_at is None else f"{row.undone_at:%Y-%m-%d %H:%M:%S} UTC"
    if row.ruling is Ruling.KEEP:
        return "keeper of its group", {"undone": undone}
    return f"another picture than face {row.other_id}", {"undone": undone}


def _said_of_guideline(row: Row[*tuple[Any, ...]], _: dict[int, str]) -> AuditEntry:
    return "new version", {"guideline": row.id, "characters": row.characters}


def _said_of_change(row: Row[*tuple[Any, ...]], _: dict[int, str]) -> AuditEntry:
    return row.what, {name: value for name, value in row.details.items() if name != "face"}


_PARTS = (
    _Part(
        Kind.ANNOTATION,
        select(
            Annotation.id,
            Annotation.stored_at,
            Annotation.annotator_id.label("by_id"),
            Annotation.face_id,
            Annotation.label,
            Annotation.flag,
            Annotation.intensity,
            Annotation.posing,
            Annotation.is_occluded,
            Annotation.guideline_id,
            Annotation.suggested,
            Annotation.suggested_by,
        ),
        _said_of_annotation,
    ),
    _Part(
        Kind.CHANGE,
        select(
            Change.id,
            Change.stored_at,
            Change.by_id,
            Change.details["face"].as_integer().label("face_id"),
            Change.what,
            Change.details,
        ),
        _said_of_change,
    ),
    _Part(
        Kind.DUPLICATE,
        select(
            DuplicateDecision.id,
            DuplicateDecision.decided_at.label("stored_at"),
            DuplicateDecision.decided_by.label("by_id"),
            DuplicateDecision.face_id,
            DuplicateDecision.other_id,
            DuplicateDecision.ruling,
            DuplicateDecision.undone_at,
        ),
        _said_of_duplicate,
    ),
    _Part(
        Kind.FINAL_WORD,
        select(
            Adjudication.id,
            Adjudication.stored_at,
            Adjudication.annotator_id.label("by_id"),
            Adjudication.face_id,
            Adjudication.label,
            Adjudication.flag,
        ),
        _said_of_final_word,
    ),
    _Part(
        Kind.GUIDELINE,
        select(
            Guideline.id,
            Guideline.stored_at,
            Guideline.by_id,
            null().label("face_id"),
            func.length(Guideline.text).label("characters"),
        ),
        _said_of_guideline,
    ),
    _Part(
        Kind.SENT_BACK,
        select(
            SentBack.annotation_id.label("id"),
            SentBack.stored_at,
            SentBack.by_id,
            Annotation.face_id,
            Annotation.annotator_id,
            Annotation.label,
            Annotation.flag,
            SentBack.note,
        ).join(Annotation, Annotation.id == SentBack.annotation_id),
        _said_of_sent_back,
    ),
)


def in_words(details: Mapping[str, Any]) -> str:
    """Write the details of a line as people read them.

    Example:
        >>> in_words({"first votes": [2, 3], "note": "look at the mouth"})
        'first votes: 2 → 3; note: look at the mouth'
    """
    return "; ".join(f"{name}: {_in_words(value)}" for name, value in details.items())


def _in_words(value: Any) -> str:
    if isinstance(value, list) and len(value) == 2:
        return f"{value[0]} → {value[1]}"
    return str(value)
