"""What models have suggested so far, and how often settled labels bear them out."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from curator.core.review.proportions import Proportion
from curator.steps.consensus.settle_labels import consensus
from db.jobs.progress import BATCH_ROWS, Progress, Steps
from db.labels import Expression
from db.tables.guidance import Suggestion


@dataclass(frozen=True)
class SuggestedBy:
    """What one model has suggested.

    Attributes:
        model: Its name.
        faces: Faces of which it has said something.
        by_label: How many it suggests for each label.
        agreement: Of those with a settled label (a flag is none), how many have the label
            that it suggests.
    """

    model: str
    faces: int
    by_label: dict[str, int]
    agreement: Proportion


def list_suggestions(session: Session) -> list[SuggestedBy]:
    """List the models that have suggested anything, the newest first."""
    newest = func.max(Suggestion.made_at).desc()
    models = session.scalars(select(Suggestion.model).group_by(Suggestion.model).order_by(newest))
    verdicts = consensus(session)["verdict"]
    settled = verdicts[verdicts.isin(list(Expression))]
    return [_of_model(session, model, settled) for model in models.all()]


def _of_model(session: Session, model: str, settled: pd.Series) -> SuggestedBy:
    rows = session.execute(
        select(Suggestion.face_id, Suggestion.label).where(Suggestion.model == model)
    )
    labels = pd.Series({face_id: str(label) for face_id, label in rows}, dtype="str")
    counts = labels.value_counts()
    known = labels[labels.index.isin(settled.index)]
    agreeing = int((known == settled.reindex(known.index)).sum())
    return SuggestedBy(
        model=model,
        faces=len(labels),
        by_label={str(label): int(counts.get(label, 0)) for label in Expression},
        agreement=Proportion(agreeing, len(known)),
    )


def drop_suggestions(session: Session, model: str) -> Steps[int]:
    """Remove what a model has suggested; annotations keep saying what they were shown.

    Returns:
        How many suggestions there were.
    """
    faces = session.scalars(select(Suggestion.face_id).where(Suggestion.model == model)).all()
    for start in range(0, len(faces), BATCH_ROWS):
        batch = faces[start : start + BATCH_ROWS]
        of_batch = Suggestion.face_id.in_(batch)
        session.execute(delete(Suggestion).where(Suggestion.model == model, of_batch))
        yield Progress(start + len(batch), len(faces), "Dropping suggestions")
    return len(faces)
