"""What the annotations given so far say of each face. Derived anew at each call."""

import pandas as pd
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from curator.core.consensus import ConsensusRule, overrule, settle
from db.labelling import Adjudication, Annotation
from db.labels import Expression, Flag
from db.settings import Settings

DEFAULT_DUPLICATE_DISTANCE = 12


def settings(session: Session) -> Settings:
    """Return the project's choices; the defaults, not stored, where none were made."""
    stored = session.get(Settings, 1)
    if stored is not None:
        return stored
    rule = ConsensusRule()
    return Settings(
        id=1,
        min_votes=rule.min_votes,
        min_share=rule.min_share,
        duplicate_distance=DEFAULT_DUPLICATE_DISTANCE,
    )


def project_rule(session: Session) -> ConsensusRule:
    """Return the rule by which this project settles labels."""
    stored = settings(session)
    return ConsensusRule(stored.min_votes, stored.min_share)


def choose_rule(session: Session, rule: ConsensusRule) -> None:
    """Store the rule by which this project settles labels from now on."""
    stored = settings(session)
    stored.min_votes, stored.min_share = rule.min_votes, rule.min_share
    session.add(stored)


def latest_annotations(session: Session) -> pd.DataFrame:
    """Return the annotations that count: each annotator's newest on each face.

    Returns:
        `face_id` (int), `annotator_id` (int), `verdict` (str, a label or a flag), by
        face and annotator. Annotations taken back are not in it.
    """
    newest = select(func.max(Annotation.id)).group_by(Annotation.face_id, Annotation.annotator_id)
    return _verdicts(
        session,
        select(Annotation.face_id, Annotation.annotator_id, Annotation.label, Annotation.flag)
        .where(Annotation.id.in_(newest))
        .order_by(Annotation.face_id, Annotation.annotator_id),
    )


def final_words(session: Session) -> pd.DataFrame:
    """Return the reviewers' final words: the newest of each face, in the form of annotations."""
    newest = select(func.max(Adjudication.id)).group_by(Adjudication.face_id)
    return _verdicts(
        session,
        select(
            Adjudication.face_id, Adjudication.annotator_id, Adjudication.label, Adjudication.flag
        )
        .where(Adjudication.id.in_(newest))
        .order_by(Adjudication.face_id),
    )


def _verdicts(
    session: Session, rows: Select[int, int, Expression | None, Flag | None]
) -> pd.DataFrame:
    said = [
        (row[0], row[1], str(row[2] or row[3])) for row in session.execute(rows) if row[2] or row[3]
    ]
    table = pd.DataFrame(said, columns=["face_id", "annotator_id", "verdict"])
    return table.astype({"face_id": "int64", "annotator_id": "int64", "verdict": "str"})


def consensus(session: Session, rule: ConsensusRule | None = None) -> pd.DataFrame:
    """Settle every face that somebody has annotated or adjudicated.

    Args:
        rule: The project's own when none is given.

    Returns:
        What `curator.core.consensus.overrule` returns.
    """
    votes = settle(latest_annotations(session), rule or project_rule(session))
    return overrule(votes, final_words(session))
