"""Measure how far suggestions draw the annotators of a project."""

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.review.suggestion_bias import suggestion_bias
from curator.steps.labelling.assignable_faces import CONSENSUS, hiding, suggestions
from curator.steps.project.settings import settings
from db.tables.annotations import STANDING, Annotation
from db.tables.people import Annotator, Role

_COLUMNS = ["annotator_id", "face_id", "verdict", "suggested", "suggested_by"]


def measure_bias(session: Session) -> dict[str, pd.DataFrame]:
    """Compare, for each origin of suggestions, annotations with and without one in sight.

    With: the annotation says that the suggestion stood on the screen. Without: it was
    given blind to a face whose suggestion chance keeps hidden from this annotator. Other
    blind annotations do not count: those faces were not left blind by chance.

    What annotators say together changes while they label, so that nobody can tell what it
    would have suggested: that origin is left out.

    Returns:
        By origin what `suggestion_bias.suggestion_bias` returns, with `annotator`, the
        name, in place of `annotator_id`; origins that nobody was shown are not in it.
    """
    given = _standing(session)
    origins = sorted(set(given["suggested_by"].dropna()) - {CONSENSUS})
    names = {row.id: row.name for row in session.execute(select(Annotator.id, Annotator.name))}
    return {origin: _named(_of_origin(session, given, origin), names) for origin in origins}


def _standing(session: Session) -> pd.DataFrame:
    rows = session.execute(
        select(
            STANDING.c.annotator_id,
            STANDING.c.face_id,
            STANDING.c.verdict,
            Annotation.suggested,
            Annotation.suggested_by,
        )
        .join(Annotation, Annotation.id == STANDING.c.id)
        .join(Annotator, Annotator.id == STANDING.c.annotator_id)
        .where(Annotator.role != Role.SOURCE)
    )
    table = pd.DataFrame(rows.all(), columns=_COLUMNS)
    return table.astype({"verdict": "str", "suggested": "str", "suggested_by": "str"})


def _of_origin(session: Session, given: pd.DataFrame, origin: str) -> pd.DataFrame:
    shown = given[given["suggested_by"] == origin]
    suggested = suggestions(origin)
    labels = {
        row.face_id: str(row.label)
        for row in session.execute(select(suggested.c.face_id, suggested.c.label))
    }
    hidden = given[given["suggested_by"].isna() & _is_hidden(session, given)]
    hidden = hidden.assign(suggested=hidden["face_id"].map(labels)).dropna(subset="suggested")
    hidden = hidden[hidden["annotator_id"].isin(shown["annotator_id"])]
    both = [shown.assign(was_shown=True), hidden.assign(was_shown=False)]
    return suggestion_bias(pd.concat(both, ignore_index=True))


def _is_hidden(session: Session, given: pd.DataFrame) -> pd.Series:
    share = settings(session).hidden_share
    hidden = pd.Series(data=False, index=given.index)
    for annotator_id, own in given.groupby("annotator_id"):
        chance = hiding(int(str(annotator_id)))
        hidden[own.index] = chance.is_among(own["face_id"].to_numpy(dtype="int64"), share)
    return hidden


def _named(table: pd.DataFrame, names: dict[int, str]) -> pd.DataFrame:
    table.insert(0, "annotator", table.pop("annotator_id").map(names).astype("str"))
    return table
