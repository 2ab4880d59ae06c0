"""Note what leaves no row of its own, for the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from db.audit import Change


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
