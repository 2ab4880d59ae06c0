"""What people said of faces. Rows are added, never changed: history stays."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from db.labels import Expression, Flag
from db.tables.base import Base, UtcDateTime
from db.tables.guidance import Guideline
from db.tables.people import value_enum


class Posing(StrEnum):
    """Whether an expression looks felt or put on for the camera."""

    GENUINE = "genuine"
    POSED = "posed"


class Annotation(Base):
    """One key press of one annotator on one face.

    The row with the greatest id counts for a face and an annotator; a row with neither
    label nor flag takes the earlier ones back. `uuid` is made where the key was pressed,
    so that a row sent twice is stored once. `pressed_at` is the browser's clock.

    `intensity` (1 weakest to 5), `posing` and `is_occluded` answer the second questions
    where the project asks them. `guideline_id` is the version that the annotator had at
    hand. `suggested` is the label that stood on the screen when the key was pressed, and
    `suggested_by` who had given it; an annotation without is blind.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint("label IS NULL OR flag IS NULL", name="label_or_flag"),
        CheckConstraint("intensity BETWEEN 1 AND 5", name="intensity_1_to_5"),
        CheckConstraint(
            "(suggested IS NULL) = (suggested_by IS NULL)", name="suggestion_has_an_origin"
        ),
        Index("ix_annotations_annotator_face", "annotator_id", "face_id"),
        Index("ix_annotations_annotator_stored", "annotator_id", "stored_at"),
        Index("ix_annotations_stored_at", "stored_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id"), index=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    label: Mapped[Expression | None] = mapped_column(value_enum(Expression))
    flag: Mapped[Flag | None] = mapped_column(value_enum(Flag))
    pressed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
    intensity: Mapped[int | None]
    posing: Mapped[Posing | None] = mapped_column(value_enum(Posing))
    is_occluded: Mapped[bool | None]
    guideline_id: Mapped[int | None] = mapped_column(ForeignKey(Guideline.id))
    suggested: Mapped[Expression | None] = mapped_column(value_enum(Expression, "suggested"))
    suggested_by: Mapped[str | None] = mapped_column(String(200))


class Adjudication(Base):
    """A reviewer's final word on a face; the newest counts, an empty one takes it back."""

    __tablename__ = "adjudications"
    __table_args__ = (CheckConstraint("label IS NULL OR flag IS NULL", name="label_or_flag"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id"), index=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    label: Mapped[Expression | None] = mapped_column(value_enum(Expression))
    flag: Mapped[Flag | None] = mapped_column(value_enum(Flag))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SentBack(Base):
    """An annotation that a reviewer asks its annotator to think over.

    It no longer counts; the face comes to the annotator again, with the note.
    """

    __tablename__ = "sent_back"

    annotation_id: Mapped[int] = mapped_column(ForeignKey("annotations.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


STANDING = Table(
    "standing_annotations",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("face_id", Integer),
    Column("annotator_id", Integer),
    Column("verdict", String(32)),
    Column("stored_at", UtcDateTime),
)
"""The annotations that count, as a view of the database: the newest of each annotator on
each face, unless it takes back or was sent back. `verdict` is the label or the flag."""
