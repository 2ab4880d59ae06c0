"""Find the faces that show the same picture, and name the one to keep of each."""

import os
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from curator.core.duplicates.groups import Member
from curator.steps.duplicates.compare_faces import FaceComparison, FacesToCompare, compare_faces
from curator.steps.duplicates.group_duplicates import group_all
from curator.steps.images.image_codec import NotAnImageError, decoded
from curator.steps.images.perceptual_hash import phashes
from curator.steps.process_pool import fan_out
from curator.steps.project.settings import settings
from db.jobs.progress import BATCH_ROWS, Progress, Steps
from db.project.project_folder import Project
from db.tables.duplicates import DuplicatePair, DuplicateSearch
from db.tables.images import Face, Image

METHOD = "hashes and looks, pixels 1"
"""Names the way in which faces are compared. Another name makes the next search compare all."""

_FACE_COLUMNS = {
    "face_id": Face.id,
    "image_id": Face.image_id,
    "image_name": Image.name,
    "sequence": Image.sequence,
    "crop_sha256": Face.crop_sha256,
    "view_sha256": Face.view_sha256,
    "x_min": Face.x_min,
    "y_min": Face.y_min,
    "x_max": Face.x_max,
    "y_max": Face.y_max,
    "landmarks": Face.landmarks,
    "is_whole": Face.is_whole,
    "phash": Face.phash,
    "phash_mirrored": Face.phash_mirrored,
    "image_phash": Image.phash,
    "image_phash_mirrored": Image.phash_mirrored,
    "look": Face.look,
}


@dataclass(frozen=True)
class DuplicateReport:
    """What a search found.

    Attributes:
        faces: Faces compared.
        new: Those of them that no earlier search had compared.
        groups: Duplicate groups, those of earlier searches among them.
        duplicates: Faces in them that are not kept.
        exact: Those of them whose pixels equal the keeper's.
        compared: Pairs whose pixels were compared, since they look alike.
        refused: Those of them that show different pictures.
    """

    faces: int
    new: int
    groups: int
    duplicates: int
    exact: int
    compared: int
    refused: int


def find_duplicates(
    project: Project, distance: int | None = None, *, now: datetime
) -> Steps[DuplicateReport]:
    """Compare faces with each other, and make the groups of what was found and decided.

    What an earlier search of the same kind has compared is not compared again. It reckons
    without holding back those who label, and stores all that it found at its end.

    Args:
        project: The project.
        distance: Most bits by which two hashes differ; stored as the project's choice.
            The choice made before when none is given.
        now: When it is, aware.
    """
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        yield from _hash_images(project, threads)
        with project.reading() as session:
            wanted = settings(session).duplicate_distance if distance is None else distance
            faces = _faces(session, wanted)
        found = yield from compare_faces(project, faces, wanted, threads)
    yield Progress(0, 0, "Grouping")
    with project.writing() as session:
        members = _store(session, faces, found, wanted, now)
        session.commit()
    return _report(faces, found, members)


def _faces(session: Session, distance: int) -> FacesToCompare:
    rows = session.execute(
        select(*(column.label(name) for name, column in _FACE_COLUMNS.items()))
        .join(Image, Face.image_id == Image.id)
        .order_by(Face.id)
    )
    # Of objects, since pandas would make floats of hashes among which some are missing.
    table = pd.DataFrame(map(tuple, rows), columns=list(_FACE_COLUMNS), dtype=object)
    newest = _newest_compared(session, distance)
    is_new = ((table["face_id"] > newest) | table["look"].isna()).to_numpy(dtype=bool)
    return FacesToCompare(table, int(is_new.argmax()) if is_new.any() else len(table))


def _newest_compared(session: Session, distance: int) -> int:
    """Name the newest face of the last search, 0 unless that was done as this one will be."""
    last = session.scalar(select(DuplicateSearch).order_by(DuplicateSearch.id.desc()).limit(1))
    if last is None or (last.method, last.distance) != (METHOD, distance):
        return 0
    return last.newest_face_id


def _hash_images(project: Project, threads: Executor) -> Steps[None]:
    """Hash the images that came in before images were hashed."""
    with project.reading() as session:
        lacking = select(Image.id, Image.blob_sha256).where(Image.phash.is_(None))
        images = session.execute(lacking.order_by(Image.id)).all()
    hashed: list[dict[str, Any]] = []
    each = fan_out(threads, partial(_image_hashes, project), images)
    for done, ((image_id, _), hashes) in enumerate(each, start=1):
        hashed += [{"id": image_id, **hashes}] if hashes else []
        if hashed and (done % BATCH_ROWS == 0 or done == len(images)):
            with project.writing() as session:
                session.execute(update(Image), hashed)
                session.commit()
            hashed = []
        yield Progress(done, len(images), "Hashing images that came in before")


def _image_hashes(project: Project, image: tuple[int, str]) -> dict[str, int]:
    try:
        return phashes(decoded(project.images.read(image[1])))
    except (NotAnImageError, OSError):  # its faces are compared by their own pictures alone
        return {}


def _store(
    session: Session, faces: FacesToCompare, found: FaceComparison, distance: int, now: datetime
) -> list[Member]:
    stored = settings(session)
    stored.duplicate_distance = distance
    session.add(stored)
    if faces.known == 0:
        session.execute(delete(DuplicatePair))
    still = set(session.scalars(select(Face.id)))
    pairs = [row for row in found.pairs if {row["first_id"], row["second_id"]} <= still]
    if pairs:
        session.execute(insert(DuplicatePair), pairs)
    looks = [{"id": face_id, "look": look} for face_id, look in found.looks.items()]
    if looks:
        session.execute(update(Face), [row for row in looks if row["id"] in still])
    session.add(
        DuplicateSearch(
            method=METHOD,
            distance=distance,
            newest_face_id=int(faces.ids[-1]) if len(faces) else 0,
            finished_at=now,
        )
    )
    session.flush()
    return group_all(session)


def _report(faces: FacesToCompare, found: FaceComparison, members: list[Member]) -> DuplicateReport:
    matches = [member.match for member in members if member.match is not None]
    return DuplicateReport(
        faces=len(faces),
        new=len(faces) - faces.known,
        groups=len(members) - len(matches),
        duplicates=len(matches),
        exact=sum(match.is_exact for match in matches),
        compared=found.compared,
        refused=found.refused,
    )
