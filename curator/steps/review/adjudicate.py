"""A reviewer's final word on the faces that votes do not settle."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import VERDICTS, ConsensusRule
from curator.steps.consensus.settle_labels import consensus, project_rule
from curator.steps.labelling.choose_gold import remove_gold
from curator.steps.project.settings import settings
from db.labels import Expression, Flag
from db.tables.annotations import STANDING, Adjudication, Annotation, SentBack
from db.tables.guidance import GoldFace
from db.tables.images import CrowdVote, Face
from db.tables.people import Annotator, Role

FEWEST_TO_CONTRADICT = 2
FEWEST_UNSURE = 2

_COUNTED = [str(verdict) for verdict in VERDICTS if verdict is not Flag.UNSURE]


class Reason(StrEnum):
    """Why a face waits for a reviewer."""

    CONTRADICTED = "contradicted"
    UNSETTLED = "unsettled"
    UNSURE = "unsure"


def disputed_faces(session: Session) -> pd.DataFrame:
    """List the faces that wait for a reviewer, the most disputed first.

    A face waits when it has more than one annotation and they settle nothing, when two or
    more annotators were unsure of it, or when annotators who came after the final word
    agree on something else.

    Returns:
        The columns of the consensus with `face_id` (int), `reason` (str) and `wants_more`
        (bool, annotators will still be asked), by smallest share, then most votes, then
        face id.
    """
    rule = project_rule(session)
    table = consensus(session, rule)
    is_open = ~table["is_final"].astype(bool)
    reason = pd.Series(None, index=table.index, dtype="str")
    reason[is_open & table["verdict"].isna() & (table["votes"] > 1)] = Reason.UNSETTLED
    reason[is_open & (table[Flag.UNSURE] >= FEWEST_UNSURE)] = Reason.UNSURE
    reason[table.index.isin(_contradicted_faces(session, rule))] = Reason.CONTRADICTED
    table["reason"] = reason
    table["wants_more"] = is_open & _wants_more(session, table)
    return (
        table[reason.notna()]
        .reset_index()
        .sort_values(
            ["share", "votes", "face_id"], ascending=[True, False, True], ignore_index=True
        )
    )


def _contradicted_faces(session: Session, rule: ConsensusRule) -> set[int]:
    """Find the faces on which those who came after the final word agree on something else."""
    newest = select(func.max(Adjudication.id)).group_by(Adjudication.face_id)
    said = func.count().label("said")
    rows = session.execute(
        select(STANDING.c.face_id, STANDING.c.verdict, said, Adjudication.label, Adjudication.flag)
        .join(Adjudication, Adjudication.face_id == STANDING.c.face_id)
        .where(
            Adjudication.id.in_(newest),
            STANDING.c.stored_at > Adjudication.stored_at,
            STANDING.c.verdict != Flag.UNSURE,
        )
        .group_by(STANDING.c.face_id, STANDING.c.verdict)
    )
    columns = ["face_id", "verdict", "said", "label", "flag"]
    table = pd.DataFrame(map(tuple, rows), columns=columns)
    word = table["label"].fillna(table["flag"])
    share = table["said"] / table.groupby("face_id")["said"].transform("sum")
    against = word.notna() & (table["verdict"] != word) & (share >= rule.min_share)
    return set(table["face_id"][against & (table["said"] >= FEWEST_TO_CONTRADICT)])


def _wants_more(session: Session, table: pd.DataFrame) -> pd.Series:
    chosen = settings(session)
    most = np.sort(table[_COUNTED].to_numpy(), axis=1)
    lead = most[:, -1] - most[:, -2]
    votes = table["votes"]
    is_short = (votes < chosen.first_votes) | (lead < chosen.lead_by)
    wants_more: pd.Series = is_short & (votes < chosen.most_votes)
    return wants_more


@dataclass(frozen=True)
class Vote:
    """What one annotator says of a face, or how many of a crowd say the same.

    Attributes:
        annotation_id: The annotation; 0 for a crowd, whose votes cannot be sent back.
        annotator: The annotator's name; of a crowd with the number of voters.
        verdict: The label or the flag.
        at: When it was stored.
        is_from_source: It came with the source of the image.
        suggested_by: Who had suggested that label; None when it was blind.
        is_sent_back: A reviewer asked to think it over; it does not count.
    """

    annotation_id: int
    annotator: str
    verdict: str
    at: datetime
    is_from_source: bool
    suggested_by: str | None
    is_sent_back: bool


def votes_on(session: Session, face_id: int) -> list[Vote]:
    """List what is said of a face: the newest word of each annotator, then that of crowds."""
    return _votes_of_annotators(session, face_id) + _votes_of_crowds(session, face_id)


def _votes_of_crowds(session: Session, face_id: int) -> list[Vote]:
    rows = session.execute(
        select(CrowdVote, Annotator.name, Face.found_at)
        .join(Annotator, Annotator.id == CrowdVote.annotator_id)
        .join(Face, Face.id == CrowdVote.face_id)
        .where(CrowdVote.face_id == face_id)
        .order_by(Annotator.name, CrowdVote.voters.desc(), CrowdVote.verdict)
    )
    return [
        Vote(
            annotation_id=0,
            annotator=f"{name}, {vote.voters} unnamed",
            verdict=vote.verdict,
            at=found_at,
            is_from_source=True,
            suggested_by=None,
            is_sent_back=False,
        )
        for vote, name, found_at in rows
    ]


def _votes_of_annotators(session: Session, face_id: int) -> list[Vote]:
    newest = (
        select(func.max(Annotation.id))
        .where(Annotation.face_id == face_id)
        .group_by(Annotation.annotator_id)
    )
    rows = session.execute(
        select(Annotation, Annotator.name, Annotator.role, SentBack.annotation_id)
        .join(Annotator, Annotator.id == Annotation.annotator_id)
        .outerjoin(SentBack, SentBack.annotation_id == Annotation.id)
        .where(Annotation.id.in_(newest))
        .order_by(Annotator.name)
    )
    return [
        Vote(
            annotation_id=annotation.id,
            annotator=name,
            verdict=str(annotation.label or annotation.flag),
            at=annotation.stored_at,
            is_from_source=role is Role.SOURCE,
            suggested_by=annotation.suggested_by,
            is_sent_back=sent_back is not None,
        )
        for annotation, name, role, sent_back in rows
        if annotation.label or annotation.flag
    ]


def adjudicate(
    session: Session, face_id: int, verdict: str | None, *, by: int, now: datetime
) -> None:
    """Say the final word on a face, or take it back with None; the caller commits.

    A gold face whose label is no longer the final word is gold no more, for nobody is to
    be measured by a label in doubt.

    Raises:
        ValueError: The verdict is neither a label nor a flag.
    """
    if verdict is not None and verdict not in set(VERDICTS):
        raise ValueError(f"A verdict must be one of {', '.join(VERDICTS)}. Received: {verdict!r}")
    label = Expression(verdict) if verdict in set(Expression) else None
    flag = Flag(verdict) if verdict in set(Flag) else None
    gold = session.get(GoldFace, face_id)
    if gold is not None and gold.label is not label:
        remove_gold(session, face_id, by, now)
    session.add(
        Adjudication(face_id=face_id, annotator_id=by, label=label, flag=flag, stored_at=now)
    )
