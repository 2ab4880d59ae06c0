"""Which faces are gold: their label is known, and what annotators say of them measures these."""

from datetime import datetime

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import VERDICTS
from curator.core.labelling import gold
from curator.core.labelling.gold import GoldChoice, confusable_pairs
from curator.errors import CuratorError
from curator.steps.consensus.settle_labels import consensus
from curator.steps.faces.face_pictures import check_face
from db.labels import Expression
from db.tables.annotations import STANDING, Adjudication, Annotation
from db.tables.audit import note
from db.tables.duplicates import DuplicateMember
from db.tables.guidance import Example, GoldFace

FEWEST_BLIND_VOTES = 3


def gold_faces(session: Session) -> dict[Expression, list[int]]:
    """Return the gold faces of every label, by face id; a label may have none."""
    known: dict[Expression, list[int]] = {label: [] for label in Expression}
    for face in session.scalars(select(GoldFace).order_by(GoldFace.face_id)):
        known[face.label].append(face.face_id)
    return known


def choose_gold(session: Session, per_pair: int, by: int, now: datetime) -> GoldChoice:
    """Add gold faces for each pair of labels that annotators confuse; the caller commits.

    They are chosen among the faces with a reviewer's final word and those on which three
    or more annotators said the same blind and nobody said otherwise.

    Raises:
        CuratorError: No face qualifies.
        ValueError: `per_pair` is below 2.
    """
    table = consensus(session)
    candidates = _candidates(session, table)
    choice = gold.choose_gold(candidates, confusable_pairs(table), per_pair)
    if not choice.labels:
        raise CuratorError(
            "No further face has a label that is sure enough to be gold: a reviewer's final "
            f"word, or {FEWEST_BLIND_VOTES} blind annotations and none against. "
            "Say final words in the review, or let more annotators see each face."
        )
    for face_id, label in choice.labels.items():
        make_gold(session, face_id, label, by, now)
    return choice


def _candidates(session: Session, table: pd.DataFrame) -> pd.DataFrame:
    """Lay out the faces whose label is sure: `face_id`, `label`, `votes`, and the counts."""
    is_label = table["verdict"].isin([str(label) for label in Expression])
    most_alike = table[[str(verdict) for verdict in VERDICTS]].max(axis="columns")
    is_unanimous = table.index.isin(_faces_seen_blind(session)) & (most_alike == table["votes"])
    sure = table[is_label & (table["is_final"].astype(bool) | is_unanimous)]
    sure = sure[~sure.index.isin(_not_to_be_gold(session))]
    return sure.rename(columns={"verdict": "label"}).reset_index()


def _faces_seen_blind(session: Session) -> list[int]:
    rows = session.scalars(
        select(STANDING.c.face_id)
        .join(Annotation, Annotation.id == STANDING.c.id)
        .group_by(STANDING.c.face_id)
        .having(func.sum(Annotation.suggested.is_(None)) >= FEWEST_BLIND_VOTES)
    )
    return list(rows)


def _not_to_be_gold(session: Session) -> set[int]:
    # A copy of a gold face would be handed out as well, and an example gives its label away.
    copies = select(DuplicateMember.face_id).where(
        DuplicateMember.face_id != DuplicateMember.keeper_id
    )
    known = select(GoldFace.face_id).union(select(Example.face_id))
    return {*session.scalars(copies), *session.scalars(known)}


def make_gold(session: Session, face_id: int, label: Expression, by: int, now: datetime) -> None:
    """Make a face gold; the caller commits.

    Its label becomes the final word on it where that is not so already: from now on it
    wants no more votes, and what annotators say of it measures them alone.

    Raises:
        CuratorError: There is no such face, or it is an example, which gives its label away.
    """
    check_face(session, face_id)
    if session.get(Example, face_id) is not None:
        raise CuratorError(
            f"Face {face_id} is an example, so annotators know its label. Choose another face."
        )
    known = session.get(GoldFace, face_id)
    if known is not None and known.label is label:
        return
    if known is not None:
        session.delete(known)
        session.flush()
    session.add(GoldFace(face_id=face_id, label=label, by_id=by, stored_at=now))
    if _final_word(session, face_id) is not label:
        session.add(Adjudication(face_id=face_id, annotator_id=by, label=label, stored_at=now))
    session.flush()
    note(session, "gold face added", {"face": face_id, "label": label}, by, now)


def _final_word(session: Session, face_id: int) -> Expression | None:
    query = (
        select(Adjudication.label)
        .where(Adjudication.face_id == face_id)
        .order_by(Adjudication.id.desc())
        .limit(1)
    )
    return session.scalar(query)


def remove_gold(session: Session, face_id: int, by: int | None, now: datetime) -> None:
    """Make a face gold no more; the caller commits. The final word on it stays.

    What is not gold stays so.
    """
    face = session.get(GoldFace, face_id)
    if face is not None:
        note(session, "gold face removed", {"face": face_id, "label": face.label}, by, now)
        session.delete(face)
        session.flush()
