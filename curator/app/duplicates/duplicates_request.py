"""What the duplicates page sends, read without trust, and the step that each act calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from curator.app.common.row_ids import row_id
from curator.steps.duplicates.decide_duplicates import (
    Act,
    dissolve,
    keep,
    settle_conflict,
    split_off,
    undo,
)
from db.labels import Expression

MOST_SEEN = 100_000


@dataclass(frozen=True)
class DecisionRequest:
    """What one key asks for.

    Attributes:
        name: Its own, made in the browser.
        kind: `keep`, `split`, `dissolve`, `label` or `undo`.
        stated: What belongs to it, as it was sent.
    """

    name: str
    kind: str
    stated: dict[str, Any]


def decision_requests(sent: dict[str, Any]) -> Sequence[DecisionRequest]:
    """Read the acts that the browser has not seen stored, in order.

    Raises:
        ValueError, TypeError, KeyError: This is not what the page sends.
    """
    return [DecisionRequest(str(one["uuid"]), str(one["kind"]), one) for one in sent["acts"]]


def carry_out(session: Session, wish: DecisionRequest, by: int, now: datetime) -> tuple[int, ...]:
    """Do what a key asks for; the caller commits.

    Returns:
        The faces on which a decision was undone, in order.

    Raises:
        CuratorError: The group or the act is no longer there.
        ValueError, TypeError, KeyError: This is not what the page sends.
    """
    stated = wish.stated
    if wish.kind == "undo":
        return undo(session, str(stated["of"]), by=by, now=now)
    seen = frozenset(row_id(face_id) for face_id in stated["seen"][:MOST_SEEN])
    act = Act(wish.name, by, now, seen)
    if wish.kind == "keep":
        keep(session, row_id(stated["face"]), act)
    elif wish.kind == "split":
        split_off(session, row_id(stated["face"]), act)
    elif wish.kind == "dissolve":
        dissolve(session, act)
    elif wish.kind == "label":
        settle_conflict(session, Expression(stated["label"]), act)
    else:
        raise ValueError(f"A wish must be one that the page knows. Received: {wish.kind!r}")
    return ()
