"""Erase what a plan names: rows first, then files, then what the database still remembers.

What must still be removed is kept in the row of the erasure, so that one that was cut off is
finished by the next start of the app or the next erasure.
"""

import sqlite3
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.duplicates.group_duplicates import group_all
from curator.steps.maintenance.erase_names import erase_names, names_that_go
from curator.steps.maintenance.erase_pending_files import erase_pending_files, remove_exports
from curator.steps.maintenance.erasure_plan import ErasurePlan, parts
from curator.steps.maintenance.redact_faces import erased_frames, redact_faces
from curator.steps.subjects.consent import forget_faces
from db.files.staged_blobs import aside_folder
from db.project.project_folder import Project
from db.tables.annotations import Adjudication, Annotation, SentBack
from db.tables.audit import note
from db.tables.erasures import Erasure, Tombstone
from db.tables.images import CrowdVote, Face, Image, ImageBox, ImageLabel, Import, Source

_CLEANING_SECONDS = 10.0


def erase(
    project: Project, session: Session, plan: ErasurePlan, by: int | None, now: datetime
) -> int:
    """Erase what a plan names, everywhere but in frozen snapshots; commits.

    Args:
        project: The project.
        session: A writing session with nothing to commit; what was read before it took the lock
            is planned again by the caller.
        plan: What goes, made by this session.
        by: Who wants it; None for a command.
        now: When.

    Returns:
        The id of the erasure.

    Raises:
        CuratorError: The rows are gone, but the database could not be cleaned of their traces,
            since others kept reading; says how to try again.
    """
    # Whoever brings pictures has a folder aside: so cleaning leaves those alone that no row
    # names yet.
    with aside_folder(project.aside):
        erasure_id = _erase_rows(project, session, plan, by, now)
    remove_exports(project, (one.title for one in plan.snapshots))
    finish_erasures(project, session, now)
    return erasure_id


def _erase_rows(
    project: Project, session: Session, plan: ErasurePlan, by: int | None, now: datetime
) -> int:
    erasure = Erasure(
        kind=plan.kind,
        newest_face_id=session.scalar(select(func.max(Face.id))) or 0,
        newest_image_id=session.scalar(select(func.max(Image.id))) or 0,
        blobs=_blobs(project, session, plan),
        begun_at=now,
    )
    session.add(erasure)
    _bury(session, plan, now)
    names, frames = names_that_go(session, plan), erased_frames(session, plan)
    forget_faces(project, session, plan.faces)
    _delete_rows(session, plan)
    erasure.blobs = erasure.blobs + redact_faces(project, session, frames)
    _delete_source(session, plan.source_id)
    erase_names(session, names)
    group_all(session)
    note(session, "erased", _counts(plan), by, now)
    session.commit()
    return erasure.id


def _counts(plan: ErasurePlan) -> dict[str, object]:
    return {
        "what": plan.kind,
        "faces": len(plan.faces),
        "images": len(plan.images),
        "photos with a face blotted out": len(plan.blotted),
        "annotations": plan.annotations,
    }


def _blobs(project: Project, session: Session, plan: ErasurePlan) -> list[str]:
    """List the files that nothing may name any more, relative to the project."""
    paths: list[Path] = []
    for some in parts(plan.images | plan.blotted):
        blobs = session.scalars(select(Image.blob_sha256).where(Image.id.in_(some)))
        paths += [project.images.path(blob) for blob in blobs]
    for some in parts(plan.faces):
        cut = select(Face.crop_sha256, Face.view_sha256).where(Face.id.in_(some))
        for crop, view in session.execute(cut):
            paths += [project.crops.path(crop), project.views.path(view)]
    return sorted({str(path.relative_to(project.folder)) for path in paths})


def _bury(session: Session, plan: ErasurePlan, now: datetime) -> None:
    """Set tombstones; pixels that an image which stays shows too may come in again."""
    gone = plan.images | plan.blotted
    rows = session.execute(select(Image.id, Image.sha256, Image.pixels_sha256)).all()
    stay = {row.pixels_sha256 for row in rows if row.id not in gone}
    hashes = {row.sha256 for row in rows if row.id in gone}
    hashes |= {row.pixels_sha256 for row in rows if row.id in gone} - stay
    hashes -= set(session.scalars(select(Tombstone.sha256)))
    session.add_all(Tombstone(sha256=sha256, erased_at=now) for sha256 in sorted(hashes))
    session.flush()


def _delete_rows(session: Session, plan: ErasurePlan) -> None:
    """Delete the rows of faces and images; what hangs on a face alone goes with it."""
    for some in parts(plan.faces):
        of_face = select(Annotation.id).where(Annotation.face_id.in_(some))
        session.execute(delete(SentBack).where(SentBack.annotation_id.in_(of_face)))
        for table in (Annotation, Adjudication, CrowdVote):
            session.execute(delete(table).where(table.face_id.in_(some)))
        session.execute(delete(Face).where(Face.id.in_(some)))
    for some in parts(plan.images | plan.blotted):  # what a source says may be of the erased face
        for said in (CrowdVote, ImageLabel, ImageBox):
            waits = [CrowdVote.face_id.is_(None)] if said is CrowdVote else []
            session.execute(delete(said).where(said.image_id.in_(some), *waits))
    for some in parts(plan.images):
        session.execute(delete(CrowdVote).where(CrowdVote.image_id.in_(some)))
        session.execute(delete(Image).where(Image.id.in_(some)))
    session.expire_all()


def _delete_source(session: Session, source_id: int | None) -> None:
    if source_id is not None:
        session.execute(delete(Import).where(Import.source_id == source_id))
        session.execute(delete(Source).where(Source.id == source_id))


def finish_erasures(project: Project, session: Session, now: datetime) -> int:
    """Remove the files and traces that erasures have left; commits.

    Args:
        project: The project.
        session: A writing session.
        now: When.

    Returns:
        How many erasures were finished.

    Raises:
        CuratorError: The database could not be cleaned, since others kept reading.
    """
    open_ones = session.scalars(select(Erasure).where(Erasure.finished_at.is_(None))).all()
    if not open_ones:
        return 0
    for erasure in open_ones:
        _remove_blobs(project, session, erasure.blobs)
        erasure.blobs = []
    erase_pending_files(project, session, now)
    session.commit()
    _clean_database(project)
    for erasure in open_ones:
        erasure.finished_at = now
    session.commit()
    return len(open_ones)


def _remove_blobs(project: Project, session: Session, paths: Iterable[str]) -> None:
    """Remove files unless a row names them; the session's lock keeps rows from appearing."""
    named = {
        *session.scalars(select(Image.blob_sha256)),
        *session.scalars(select(Face.crop_sha256)),
        *session.scalars(select(Face.view_sha256)),
    }
    for path in paths:
        file = project.folder / path
        if file.name.partition(".")[0] not in named:
            file.unlink(missing_ok=True)


def _clean_database(project: Project) -> None:
    """Write the database anew and empty its log, so that no page keeps what was deleted.

    Raises:
        CuratorError: Others kept reading.
    """
    until = time.monotonic() + _CLEANING_SECONDS
    connection = project.engine.raw_connection()  # outside of transactions, which engines begin
    try:
        while not _is_clean(connection.cursor()):
            if time.monotonic() > until:
                raise CuratorError(
                    "All rows and files are erased, but traces may be left in the database while "
                    "others use it. Erase again, or start the app anew: that finishes it."
                )
            time.sleep(0.2)
    finally:
        connection.close()


def _is_clean(cursor: DBAPICursor) -> bool:
    try:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error) and "busy" not in str(error):
            raise
        return False
    told = cursor.fetchone()  # whether it was kept from the end, and two counts of pages
    return told is not None and not told[0]
