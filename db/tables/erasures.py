"""What was erased at a person's wish: hashes that must not come back, and nothing else of it."""

from datetime import datetime

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, UtcDateTime


class Tombstone(Base):
    """The SHA-256 of an image that was erased: of its bytes as they came in, or of its pixels."""

    __tablename__ = "tombstones"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Erasure(Base):
    """One erasure. It has ended when `finished_at` is set; until then files may be left.

    `kind` says what was named: a subject, face, image or source; who or which is not kept.
    `blobs` lists what is still to be removed, as paths relative to the project. No face or
    image gets an id up to `newest_face_id` or `newest_image_id` again, since snapshots and
    searches name faces by their ids.
    """

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    newest_face_id: Mapped[int]
    newest_image_id: Mapped[int]
    blobs: Mapped[list[str]] = mapped_column(JSON)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
