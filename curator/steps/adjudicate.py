"""A reviewer's final word on the faces that votes do not settle."""

from datetime import datetime

import pandas as pd
from sqlalchemy.orm import Session

from curator.core.consensus import VERDICTS
from curator.steps.settle_labels import consensus
from db.labelling import Adjudication
from db.labels import Expression, Flag


def unsettled_faces(session: Session) -> pd.DataFrame:
    """List the faces whose votes settle nothing though there are enough of them or a split.

    Returns:
        The rows of the consensus that have votes, no verdict and more than one voice, the
        most disputed first (smallest share, then most votes, then face id).
    """
    table = consensus(session)
    disputed = table[table["verdict"].isna() & (table["votes"] > 1)]
    return disputed.reset_index().sort_values(
        ["share", "votes", "face_id"], ascending=[True, False, True], ignore_index=True
    )


def adjudicate(
    session: Session, face_id: int, verdict: str | None, *, by: int, now: datetime
) -> None:
    """Say the final word on a face, or take it back with None; the caller commits.

    Raises:
        ValueError: The verdict is neither a label nor a flag.
    """
    if verdict is not None and verdict not in set(VERDICTS):
        raise ValueError(f"A verdict must be one of {', '.join(VERDICTS)}. Received: {verdict!r}")
    label = Expression(verdict) if verdict in set(Expression) else None
    flag = Flag(verdict) if verdict in set(Flag) else None
    session.add(
        Adjudication(face_id=face_id, annotator_id=by, label=label, flag=flag, stored_at=now)
    )
