"""Take erased faces out of what waits for a job: crops for a model, uploads, exports."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.importing.uploads import KEPT, old_uploads, remove
from db.model_folder.prepared_crops import PreparedCrops, read_prepared, write_prepared
from db.project.project_folder import Project
from db.tables.images import Face


def erase_pending_files(project: Project, session: Session, now: datetime) -> None:
    """Remove uploads that no job needs, and erased faces from crops on their way to a model.

    An upload that a job still needs stays: what was erased is refused when it is taken in.

    Args:
        project: The project.
        session: A session that sees the faces that are left.
        now: When.
    """
    for path in old_uploads(project, now + KEPT):
        remove(path)
    faces = set(session.scalars(select(Face.id)))
    for file in project.uploads.glob("suggest-*/*.npz"):
        _filter(file, faces)


def _filter(file: Path, faces: set[int]) -> None:
    prepared = read_prepared(file)
    stays = np.isin(prepared.face_ids, list(faces))
    if not stays.all():
        kept = PreparedCrops(prepared.face_ids[stays], prepared.crops[stays])
        write_prepared(file.parent, int(file.stem), kept)


def remove_exports(project: Project, titles: Iterable[str]) -> None:
    """Remove the exports that were made of some snapshots."""
    for title in titles:
        for path in project.exports.glob(f"{title}-*"):
            remove(path)
