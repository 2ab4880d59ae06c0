"""The audit trail of what leaves no row of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.engine import Base, UtcDateTime


class Change(Base):
    """One line of the audit trail, for what leaves no row of its own: settings, accounts,
    gold faces, examples and the like. `details` holds what it was and what it is now.
    """

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("annotators.id"))
    what: Mapped[str] = mapped_column(String(100))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
