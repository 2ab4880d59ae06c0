"""Allow and forget: whether a project may measure faces, and the end of what was measured."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.project.settings import change_settings, settings
from db.jobs.queue import request_cancel, unfinished_jobs
from db.project.biometrics import Biometrics
from db.project.project_folder import Project
from db.tables.audit import note
from db.tables.duplicates import FoundSubject

JOB = "subjects"
"""The kind of the job that finds subjects."""

_SWITCHED_OFF = (
    "Finding subjects is switched off in this project, since it makes biometric data of faces. "
    "An owner may switch it on, on the Subjects page or with: "
    "curator settings set finds_subjects=yes"
)


@dataclass(frozen=True)
class Forgotten:
    """What was deleted.

    Attributes:
        embeddings: Faces whose embedding is gone.
        faces: Faces whose found subject is gone.
    """

    embeddings: int
    faces: int


def check_allowed(session: Session) -> None:
    """Refuse to measure faces where the project does not allow it.

    Raises:
        CuratorError: It does not; says how it is allowed.
    """
    if not settings(session).finds_subjects:
        raise CuratorError(_SWITCHED_OFF)


def allow_subjects(session: Session, by: int | None, now: datetime) -> None:
    """Allow measuring who looks like whom; the caller commits."""
    change_settings(session, {"finds_subjects": True}, by, now)


def forget_subjects(project: Project, session: Session, by: int | None, now: datetime) -> Forgotten:
    """Delete all embeddings and found subjects, and switch finding them off.

    A search at work is stopped. The caller commits; the embeddings are gone at once, and
    stay so whatever becomes of the commit.

    Args:
        session: A writing session on the project.
        by: Who wants it; None for a command.
    """
    change_settings(session, {"finds_subjects": False}, by, now)
    for job in unfinished_jobs(session):
        if job.kind == JOB:
            request_cancel(session, job.id, now)
    faces = session.scalar(select(func.count()).select_from(FoundSubject)) or 0
    session.execute(delete(FoundSubject))
    forgotten = Forgotten(Biometrics(project.folder).forget_all(), faces)
    details = {"embeddings": forgotten.embeddings, "faces with a found subject": faces}
    note(session, "biometric data deleted", details, by, now)
    return forgotten


def forget_faces(project: Project, session: Session, face_ids: Collection[int]) -> None:
    """Delete the embeddings and found subjects of some faces; the caller commits.

    Whoever deletes a face calls this with it. One that was deleted otherwise is forgotten
    by the next search.

    Args:
        session: A writing session on the project.
    """
    session.execute(delete(FoundSubject).where(FoundSubject.face_id.in_(face_ids)))
    Biometrics(project.folder).forget(face_ids)
