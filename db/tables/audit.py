"""The audit trail of what leaves no row of its own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from db.tables.base import Base, UtcDateTime


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


def note(
    session: Session, what: str, details: Mapping[str, Any], by: int | None, now: datetime
) -> None:
    """Add a line to the audit trail; the caller commits.

    Args:
        what: What was done, in a few words, such as "settings changed".
        details: What a reader of the trail needs, fit for JSON. What was changed is
            given as `{"name": [old, new]}`. A key `face` lets the trail be filtered by face.
            No passwords, no tokens, of people only names.
        by: The annotator who did it; None for the machine and for commands.
    """
    session.add(Change(by_id=by, what=what, details=dict(details), stored_at=now))
