"""All faces as a recipe sees them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.faces.quality_bounds import Bounds, meets
from curator.core.snapshots.recipe import Recipe
from curator.steps.snapshots.face_table import face_table
from db.labels import Expression
from db.tables.images import Face

_LABELS = [str(label) for label in Expression]


def candidate_faces(session: Session, recipe: Recipe) -> pd.DataFrame:
    """Return what `face_table` does, with what a recipe asks of each face.

    Returns:
        One row per face with `is_good` (bool, within the recipe's bounds of quality),
        `only_fails` (str, the one measure that keeps a face from being good; missing where
        there is none or more) and `agreement` (float, share of the votes for one of the
        seven labels that are for its own; 0 without votes, as in a manifest).
    """
    faces = face_table(session, recipe.rule)
    faces["agreement"] = _agreement(faces)
    fails = _fails(session, recipe.quality).reindex(faces["face_id"]).set_axis(faces.index)
    faces["is_good"] = ~fails.any(axis=1)
    faces["only_fails"] = _only(fails)
    return faces


def _agreement(faces: pd.DataFrame) -> pd.Series:
    votes = faces[_LABELS].to_numpy()
    place = pd.Index(_LABELS).get_indexer(pd.Index(faces["verdict"]))
    for_label = np.where(place >= 0, votes[np.arange(len(faces)), place], 0)
    return pd.Series(for_label / np.maximum(votes.sum(axis=1), 1), faces.index)


def _fails(session: Session, quality: Mapping[str, Bounds]) -> pd.DataFrame:
    """Tell which measures are out of bounds: a row a face by its id, a column a measure."""
    rows = session.execute(select(Face.id, Face.quality)).all() if quality else []
    index = pd.Index([row.id for row in rows], name="face_id", dtype="int64")
    measures = pd.DataFrame({key: [row.quality.get(key) for row in rows] for key in quality}, index)
    fails = {key: ~meets(measures, {key: bounds}) for key, bounds in quality.items()}
    return pd.DataFrame(fails, index, dtype="bool")


def _only(fails: pd.DataFrame) -> list[str | None]:
    names = [None, *fails.columns]
    first = fails.to_numpy().argmax(axis=1) + 1 if len(fails.columns) else np.zeros(len(fails), int)
    return [names[place] for place in np.where(fails.sum(axis=1) == 1, first, 0)]
