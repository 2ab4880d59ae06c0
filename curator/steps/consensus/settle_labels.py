"""What the annotations given so far say of each face. Derived anew at each call."""

from collections.abc import Collection
from typing import Any

import pandas as pd
from sqlalchemy import Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import ConsensusRule, overrule, settle
from curator.steps.project.settings import settings
from db.tables.annotations import STANDING, Adjudication, Annotation, SentBack
from db.tables.images import CrowdVote

_TYPES = {"face_id": "int64", "annotator_id": "int64", "verdict": "str"}


def project_rule(session: Session) -> ConsensusRule:
    """Return the rule by which this project settles labels."""
    stored = settings(session)
    return ConsensusRule(stored.min_votes, stored.min_share, stored.consensus)


def latest_annotations(session: Session) -> pd.DataFrame:
    """Return the annotations that count: each annotator's newest on each face.

    Returns:
        `face_id` (int), `annotator_id` (int), `verdict` (str, a label or a flag) and
        `is_blind` (bool, no suggestion stood on the screen), by face, and of one face in the
        order they were given. Annotations taken back or sent back are not in it.
    """
    query = (
        select(
            STANDING.c.face_id,
            STANDING.c.annotator_id,
            STANDING.c.verdict,
            Annotation.suggested.is_(None),
        )
        .join(Annotation, Annotation.id == STANDING.c.id)
        # By id, so that SQLite goes through the table as it lies; by face it takes twice
        # as long as both together.
        .order_by(STANDING.c.id)
    )
    table = _table(session, query, _TYPES | {"is_blind": "bool"})
    return table.sort_values("face_id", kind="stable", ignore_index=True)


def votes_that_count(session: Session) -> pd.DataFrame:
    """Return all that settles labels: annotations, and the votes of crowds.

    Of a crowd nobody knows who is who: its annotator stands as often in the table as its
    voters said something.

    Returns:
        `face_id` (int), `annotator_id` (int) and `verdict` (str), by face.
    """
    query = select(
        CrowdVote.face_id, CrowdVote.annotator_id, CrowdVote.verdict, CrowdVote.voters
    ).where(CrowdVote.face_id.is_not(None))
    crowds = _table(session, query, _TYPES | {"voters": "int64"})
    voters = crowds.loc[crowds.index.repeat(crowds.pop("voters"))]
    known = latest_annotations(session)[list(_TYPES)]
    return pd.concat([known, voters]).sort_values("face_id", kind="stable", ignore_index=True)


def final_words(session: Session) -> pd.DataFrame:
    """Return the reviewers' final words: the newest of each face, in the form of annotations."""
    newest = select(func.max(Adjudication.id)).group_by(Adjudication.face_id)
    query = (
        select(
            Adjudication.face_id,
            Adjudication.annotator_id,
            # As text: SQLAlchemy would look for the flag among the labels.
            func.coalesce(
                type_coerce(Adjudication.label, String), type_coerce(Adjudication.flag, String)
            ),
        )
        .where(Adjudication.id.in_(newest))
        .where(Adjudication.label.is_not(None) | Adjudication.flag.is_not(None))
        .order_by(Adjudication.face_id)
    )
    return _table(session, query, _TYPES)


def _table(
    session: Session, query: Select[*tuple[Any, ...]], types: dict[str, str]
) -> pd.DataFrame:
    # In parts and by column: 100,000 rows at once take ten times as long to become a table,
    # most of it the collector's search for garbage among them.
    columns: dict[str, list[Any]] = {name: [] for name in types}
    session.flush()  # what the session knows and the connection does not
    for rows in session.connection().execute(query).partitions(1000):
        for column, part in zip(columns.values(), zip(*rows, strict=True), strict=True):
            column.extend(part)
    return pd.DataFrame(columns).astype(types)


class _LastSettled:
    """The state that the votes were in when they were last counted, and what they settled."""

    known: tuple[tuple[object, ...], pd.DataFrame] | None = None


def settled_votes(session: Session, rule: ConsensusRule) -> pd.DataFrame:
    """Settle all votes, or say again what the same votes settled before.

    Counting 300,000 takes a second or two, and a reviewer's word changes none of them.

    Returns:
        What `curator.core.consensus.consensus.settle` returns; not to be changed.
    """
    state = (str(session.get_bind()), rule, *_state_of_votes(session))
    last = _LastSettled.known  # read once: other threads may change it meanwhile
    if last is not None and last[0] == state:
        return last[1]
    table = settle(votes_that_count(session), rule)
    _LastSettled.known = state, table
    return table


def _state_of_votes(session: Session) -> tuple[object, ...]:
    # The uuid and the time, since an id comes again after a rollback.
    row = session.execute(
        select(
            select(Annotation.uuid).order_by(Annotation.id.desc()).limit(1).scalar_subquery(),
            select(func.count()).select_from(Annotation).scalar_subquery(),
            select(func.count()).select_from(SentBack).scalar_subquery(),
            select(func.max(SentBack.stored_at)).scalar_subquery(),
            select(func.count(CrowdVote.face_id)).scalar_subquery(),
        )
    ).one()
    return tuple(row)


def consensus(session: Session, rule: ConsensusRule | None = None) -> pd.DataFrame:
    """Settle every face that somebody has annotated or adjudicated.

    Args:
        rule: The project's own when none is given.

    Returns:
        What `curator.core.consensus.consensus.overrule` returns.
    """
    return overrule(settled_votes(session, rule or project_rule(session)), final_words(session))


def consensus_of(session: Session, face_ids: Collection[int]) -> pd.DataFrame:
    """Return the rows of the project's consensus that are of a few faces."""
    votes, words = settled_votes(session, project_rule(session)), final_words(session)
    return overrule(votes[votes.index.isin(face_ids)], words[words["face_id"].isin(face_ids)])
