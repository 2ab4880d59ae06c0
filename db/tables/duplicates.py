"""Which faces show the same picture: what was compared, found and decided; and whom they show."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, UtcDateTime
from db.tables.people import value_enum


class Match(StrEnum):
    """Why two faces count as the same picture."""

    PIXELS = "same pixels"
    LOOK = "looks the same"
    FRAME = "next frame"


class Ruling(StrEnum):
    """What a person decides about duplicates."""

    APART = "apart"
    KEEP = "keep"


class DuplicateSearch(Base):
    """A search that came to its end: faces up to `newest_face_id` are compared with each other.

    `method` and `distance` say how; a search that is done the same way compares only what
    is newer.
    """

    __tablename__ = "duplicate_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(String(50))
    distance: Mapped[int]
    newest_face_id: Mapped[int]
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DuplicatePair(Base):
    """Two faces that the searches found to show the same picture, whatever people decided.

    `distance` counts the bits by which their perceptual hashes differ (0 to 64); `likeness`
    says how far their pixels agree (at most 1).
    """

    __tablename__ = "duplicate_pairs"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="named_once"),
        CheckConstraint("distance BETWEEN 0 AND 64", name="distance_in_bits"),
    )

    first_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    match: Mapped[Match] = mapped_column("match_by", value_enum(Match))
    distance: Mapped[int]
    likeness: Mapped[float]
    is_mirrored: Mapped[bool]


class DuplicateDecision(Base):
    """What a person decided, for ever unless it is undone; never changed otherwise.

    `apart`: `face_id` and `other_id` (the larger) show different pictures. `keep`: of the
    group that it is in, `face_id` is to be kept. `act` is common to what one key decided.
    """

    __tablename__ = "duplicate_decisions"
    __table_args__ = (
        CheckConstraint("(other_id IS NULL) = (ruling = 'keep')", name="names_its_faces"),
        CheckConstraint("other_id IS NULL OR face_id < other_id", name="named_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(36), index=True)
    ruling: Mapped[Ruling] = mapped_column(value_enum(Ruling))
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int | None] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), index=True
    )
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("annotators.id"))
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DuplicateMember(Base):
    """A face of a duplicate group; derived, rebuilt whole of pairs and decisions.

    The group is named by its keeper's id. `match_by`, `distance`, `likeness` and
    `is_mirrored` say how the face matches its keeper; the keeper matches itself.
    `kept_because` is the keeper's alone.
    """

    __tablename__ = "duplicate_members"
    __table_args__ = (CheckConstraint("distance BETWEEN 0 AND 64", name="distance_in_bits"),)

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    keeper_id: Mapped[int] = mapped_column(ForeignKey("faces.id", ondelete="CASCADE"), index=True)
    match: Mapped[Match] = mapped_column("match_by", value_enum(Match))
    distance: Mapped[int]
    likeness: Mapped[float]
    is_mirrored: Mapped[bool]
    kept_because: Mapped[str] = mapped_column(String(100), default="")


class FoundSubject(Base):
    """The person that a face was found to show by its likeness to others; derived.

    `subject` names a cluster of faces and says nothing of who it is. A subject that a
    source tells stands in `faces.subject` and is not touched.
    """

    __tablename__ = "found_subjects"

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    subject: Mapped[str] = mapped_column(String(50), index=True)
