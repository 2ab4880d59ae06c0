"""Import and detection with the commits on the way, for jobs and commands."""

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from curator.errors import NO_ROOM, CuratorError
from curator.steps.faces.choose_detector import default_detector_name
from curator.steps.faces.detect_faces import detect_faces
from curator.steps.importing.import_images import SourceChoice, import_images
from db.jobs.progress import Steps, committing
from db.project.project_folder import Project
from db.tables.base import is_out_of_room


def run_import(
    project: Project,
    origin: Path,
    choice: SourceChoice,
    *,
    detector: str | None = None,
    executor: Executor | None = None,
) -> Steps[dict[str, Any]]:
    """Import a collection with the faces in it, committing on the way.

    Returns:
        The report, in what JSON can say.
    """
    name = detector or default_detector_name()
    with project.writing() as session:
        importing = import_images(
            project,
            session,
            origin,
            choice,
            detector_name=name,
            now=datetime.now(UTC),
            executor=executor,
        )
        with _room_in_database():
            imported = yield from committing(session, importing)
    return asdict(imported)


def detect(
    project: Project,
    *,
    detector: str | None = None,
    again: bool = False,
    executor: Executor | None = None,
) -> Steps[dict[str, Any]]:
    """Find the faces in images that no detector has looked at, committing on the way.

    Args:
        again: Whether to look also at those in which no face was found.

    Returns:
        The report, in what JSON can say.
    """
    name = detector or default_detector_name()
    with project.writing() as session:
        detecting = detect_faces(
            project, session, name, now=datetime.now(UTC), again=again, executor=executor
        )
        with _room_in_database():
            found = yield from committing(session, detecting)
    return asdict(found)


@contextmanager
def _room_in_database() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if not is_out_of_room(error):
            raise
        raise CuratorError(NO_ROOM.format(error.orig)) from error
