"""Who is to see which face next: what each face still needs, and who has it in hand."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, UtcDateTime


class FaceVotes(Base):
    """What the standing annotations of a face come to; every face has a row.

    Triggers of the database keep it, so that no writer can forget to. `leading` is the
    most frequent verdict and `lead` by how many votes it is before the second; "unsure"
    counts among the votes and leads nothing. `is_final` says that a reviewer's word ends
    the matter. `priority` comes before the order of chance where the project goes by need:
    greater first.
    """

    __tablename__ = "face_votes"
    __table_args__ = (Index("ix_face_votes_open", "is_final", "votes", "lead"),)

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    votes: Mapped[int] = mapped_column(server_default="0")
    lead: Mapped[int] = mapped_column(server_default="0")
    leading: Mapped[str | None] = mapped_column(String(32))
    is_final: Mapped[bool] = mapped_column(server_default="0")
    priority: Mapped[float] = mapped_column(Float, server_default="0")


class Lease(Base):
    """A face that an annotator's browser has in hand, until it is labelled or time is up.

    `is_shown` says that the annotator sees what was suggested for it, so that the label page
    must not hand it out as blind.
    """

    __tablename__ = "leases"

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    is_shown: Mapped[bool] = mapped_column(server_default="0")


class Skip(Base):
    """A face that an annotator has put off; it comes again when no other is left."""

    __tablename__ = "skips"

    face_id: Mapped[int] = mapped_column(
        ForeignKey("faces.id", ondelete="CASCADE"), primary_key=True
    )
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"), primary_key=True)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)
