"""What people said of faces. Rows are added, never changed: history stays."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.engine import Base, UtcDateTime
from db.labels import Expression, Flag
from db.people import value_enum


class Annotation(Base):
    """One key press of one annotator on one face.

    The row with the greatest id counts for a face and an annotator; a row with neither
    label nor flag takes the earlier ones back. `uuid` is made where the key was pressed,
    so that a row sent twice is stored once. `pressed_at` is the browser's clock.
    """

    __tablename__ = "annotations"
    __table_args__ = (
        CheckConstraint("label IS NULL OR flag IS NULL", name="label_or_flag"),
        Index("ix_annotations_annotator_face", "annotator_id", "face_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    face_id: Mapped[int] = mapped_column(ForeignKey("faces.id"), index=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    label: Mapped[Expression | None] = mapped_column(value_enum(Expression))
    flag: Mapped[Flag | None] = mapped_column(value_enum(Flag))
    pressed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class Settings(Base):
    """The project's one row of choices."""

    __tablename__ = "settings"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    min_votes: Mapped[int]
    min_share: Mapped[float]
    duplicate_distance: Mapped[int]
