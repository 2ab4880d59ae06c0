"""What annotators have at hand: the guideline in its versions, and example faces."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.faces.face_pictures import check_face
from db.labels import Expression
from db.tables.annotations import STANDING, Annotation
from db.tables.audit import note
from db.tables.guidance import Example, GoldFace, Guideline
from db.tables.images import Face, Image
from db.tables.people import Annotator

MOST_EXAMPLES = 6
LONGEST_GUIDELINE = 20_000
FEWEST_VOTES_OF_AN_EXAMPLE = 2


def newest_guideline(session: Session) -> Guideline | None:
    """Return the version that annotators go by now; None before the first."""
    return session.scalar(select(Guideline).order_by(Guideline.id.desc()).limit(1))


def store_guideline(session: Session, text: str, by: int, now: datetime) -> Guideline:
    """Store a new version of the guideline; the caller commits.

    A text that is the newest version's own makes no new one. The version's row is its line
    in the audit trail.

    Raises:
        CuratorError: The text is empty or too long.
    """
    text = text.replace("\r\n", "\n").strip()
    if not 1 <= len(text) <= LONGEST_GUIDELINE:
        raise CuratorError(
            f"A guideline has 1 to {LONGEST_GUIDELINE:,} characters. Received: {len(text):,}. "
            "Write a short page that annotators read in a minute."
        )
    newest = newest_guideline(session)
    if newest is not None and newest.text == text:
        return newest
    guideline = Guideline(text=text, by_id=by, stored_at=now)
    session.add(guideline)
    session.flush()
    return guideline


@dataclass(frozen=True)
class GuidelineVersion:
    """One version of the guideline with who wrote it.

    Attributes:
        number: Counts from 1.
        id: Of its row, which annotations carry.
        text: In Markdown.
        by: The name of who stored it.
        stored_at: When.
    """

    number: int
    id: int
    text: str
    by: str
    stored_at: datetime


def guideline_versions(session: Session) -> list[GuidelineVersion]:
    """List all versions of the guideline, the newest first."""
    rows = session.execute(
        select(Guideline.id, Guideline.text, Annotator.name, Guideline.stored_at)
        .join(Annotator, Annotator.id == Guideline.by_id)
        .order_by(Guideline.id)
    )
    return [GuidelineVersion(number, *row) for number, row in enumerate(rows.all(), 1)][::-1]


def examples(session: Session) -> dict[Expression, list[int]]:
    """Return the example faces of every label, by face id; a label may have none."""
    shown: dict[Expression, list[int]] = {label: [] for label in Expression}
    for example in session.scalars(select(Example).order_by(Example.face_id)):
        shown[example.label].append(example.face_id)
    return shown


def set_example(session: Session, face_id: int, label: Expression, by: int, now: datetime) -> None:
    """Show a face as an example of a label, in the place of another if need be.

    The caller commits.

    Raises:
        CuratorError: There is no such face, it is gold (its label would be given away), or
            the label has its examples already.
    """
    check_face(session, face_id)
    if session.get(GoldFace, face_id) is not None:
        raise CuratorError(
            f"Face {face_id} is gold: an example would give its label away. "
            "Choose another face, or take it out of the gold faces first."
        )
    known = session.get(Example, face_id)
    if known is not None and known.label is label:
        return
    if len(examples(session)[label]) >= MOST_EXAMPLES:
        raise CuratorError(
            f"The label {label} has {MOST_EXAMPLES} examples already. Remove one first."
        )
    if known is None:
        session.add(Example(face_id=face_id, label=label))
    else:
        known.label = label
    session.flush()
    note(session, "example added", {"face": face_id, "label": label}, by, now)


def remove_example(session: Session, face_id: int, by: int, now: datetime) -> None:
    """Show a face as an example no more; the caller commits. What is none stays none."""
    example = session.get(Example, face_id)
    if example is not None:
        note(session, "example removed", {"face": face_id, "label": example.label}, by, now)
        session.delete(example)
        session.flush()


def proposed_examples(session: Session) -> dict[Expression, list[int]]:
    """Propose faces for the places that each label's examples have left.

    A face is proposed when at least two annotators said the same of it blind and nobody
    said otherwise. Those with the most such votes are taken, spread over subjects and
    sources so that no one person stands for a label. Examples and gold faces are left out.
    """
    unanimous = _unanimous_faces(session)
    shown = examples(session)
    return {
        label: _spread(unanimous[unanimous["label"] == label], MOST_EXAMPLES - len(shown[label]))
        for label in Expression
    }


def _unanimous_faces(session: Session) -> pd.DataFrame:
    votes = func.sum(Annotation.suggested.is_(None))
    rows = session.execute(
        select(STANDING.c.face_id, func.min(STANDING.c.verdict), votes, Face.subject)
        .add_columns(Face.image_id, Image.source_id)
        .join(Annotation, Annotation.id == STANDING.c.id)
        .join(Face, Face.id == STANDING.c.face_id)
        .join(Image, Image.id == Face.image_id)
        .where(
            STANDING.c.face_id.not_in(select(Example.face_id)),
            STANDING.c.face_id.not_in(select(GoldFace.face_id)),
        )
        .group_by(STANDING.c.face_id)
        .having(
            func.min(STANDING.c.verdict) == func.max(STANDING.c.verdict),
            votes >= FEWEST_VOTES_OF_AN_EXAMPLE,
        )
    )
    columns = ["face_id", "label", "votes", "subject", "image_id", "source_id"]
    return pd.DataFrame(rows.all(), columns=columns)


def _spread(faces: pd.DataFrame, count: int) -> list[int]:
    """Choose faces with many votes, one of each subject before a second of any."""
    best = faces.sort_values(["votes", "face_id"], ascending=[False, True]).head(20 * count)
    person = best["subject"].fillna("image " + best["image_id"].astype(str))
    turn = best.assign(
        of_person=best.groupby(person).cumcount(), of_source=best.groupby("source_id").cumcount()
    )
    chosen = turn.sort_values(["of_person", "of_source"], kind="stable").head(count)
    return sorted(int(face_id) for face_id in chosen["face_id"])
