"""Write the faces that a recipe chooses as the rows of a manifest."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.snapshots.recipe import Recipe
from curator.core.snapshots.splits import assign_splits
from curator.steps.snapshots.face_table import rows_of
from db.labels import Expression, Flag
from db.snapshot_folder.manifest import (
    COLUMNS,
    FINAL_WORD,
    FLAG_COLUMNS,
    QUALITY_COLUMNS,
    VOTE_COLUMNS,
    canonical_json,
)
from db.tables.images import Face, Image

_COUNTS = dict(zip(map(str, Expression), VOTE_COLUMNS, strict=True)) | dict(
    zip(map(str, Flag), FLAG_COLUMNS, strict=True)
)
_STORED = {
    "face_id": Face.id,
    "landmarks": Face.landmarks,
    "is_whole": Face.is_whole,
    "detector": Face.detector,
    "quality": Face.quality,
    "image_width_px": Image.width_px,
    "image_height_px": Image.height_px,
    "source_split": Image.source_split,
}


def manifest_rows(session: Session, chosen: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """Write chosen faces as a manifest has them, but with the hash of the colour crop.

    Subjects become pseudonyms, and the names of images stay behind: both may name people.

    Args:
        chosen: Rows as `candidate_faces` returns them.
        recipe: What they were chosen by; it says how the splits are dealt.

    Returns:
        One row a face by `face_id`, with the columns of `db.snapshot_folder.manifest.COLUMNS`.
    """
    rows = chosen.assign(label=chosen["verdict"], subject=_pseudonyms(chosen["subject"]))
    rows = rows.rename(columns=_COUNTS)
    rows["votes"] = rows[list(VOTE_COLUMNS)].sum(axis="columns")
    rows["share"] = rows["agreement"]
    final = rows["is_final"].fillna(value=False).astype("bool")
    rows["settled_by"] = np.where(final, FINAL_WORD, "votes")
    rows["split"] = assign_splits(_dealt(rows, recipe), recipe.shares, recipe.seed)
    rows = rows.join(_stored(session, set(rows["face_id"])), on="face_id")
    return rows[list(COLUMNS)].sort_values("face_id", ignore_index=True)


def _dealt(rows: pd.DataFrame, recipe: Recipe) -> pd.DataFrame:
    """Say what is dealt to the splits: units, or each face alone where that is asked for."""
    alone = "f" + rows["face_id"].astype("str")
    unit = rows["unit"] if recipe.deals_whole_units else alone
    return rows[["label"]].assign(unit=unit)


def _pseudonyms(subjects: pd.Series) -> pd.Series:
    known = sorted(set(subjects.dropna()) - {""})
    names = {subject: f"s{number:05d}" for number, subject in enumerate(known, start=1)}
    return pd.Series([names.get(subject, "") for subject in subjects], subjects.index, "str")


def _stored(session: Session, face_ids: set[int]) -> pd.DataFrame:
    """Read what the face table leaves out: of a row a face, by its id."""
    columns = (column.label(name) for name, column in _STORED.items())
    query = select(*columns).join(Image, Face.image_id == Image.id)
    return pd.DataFrame(_told(rows_of(session, query, face_ids))).set_index("face_id")


def _told(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [
        {
            **{name: getattr(row, name) for name in _STORED if name != "quality"},
            "landmarks": canonical_json(row.landmarks).decode().strip() if row.landmarks else "",
            "source_split": row.source_split or "",
            **{name: _number(row.quality.get(name)) for name in QUALITY_COLUMNS},
        }
        for row in rows
    ]


def _number(measure: float | None) -> float:
    return float("nan") if measure is None else float(measure)
