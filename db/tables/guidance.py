"""What annotators go by: the guideline, examples, faces with a known label, suggestions."""

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.labels import Expression
from db.tables.base import Base, UtcDateTime
from db.tables.people import value_enum


class Guideline(Base):
    """One version of the page that tells annotators how to label; the newest counts."""

    __tablename__ = "guidelines"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Example(Base):
    """A face that shows annotators what a label looks like."""

    __tablename__ = "examples"

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[Expression] = mapped_column(value_enum(Expression), index=True)


class GoldFace(Base):
    """A face with a known label, handed out among the rest to measure annotators."""

    __tablename__ = "gold_faces"

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    label: Mapped[Expression] = mapped_column(value_enum(Expression), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Suggestion(Base):
    """What a model says of a face.

    `model` names it, such as `standard Xception/svm of faces@1 #3f2a9c`; `probabilities` are
    in the order of `Expression` and add up to 1.
    """

    __tablename__ = "suggestions"
    __table_args__ = (CheckConstraint("share BETWEEN 0 AND 1", name="share"),)

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    model: Mapped[str] = mapped_column(String(150), primary_key=True)
    label: Mapped[Expression] = mapped_column(value_enum(Expression), index=True)
    share: Mapped[float]
    probabilities: Mapped[list[float]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
