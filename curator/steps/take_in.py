"""Import and detection with the commits on the way, for jobs and commands."""

from concurrent.futures import Executor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curator.steps.choose_detector import default_detector_name
from curator.steps.cut_faces import room_or_sentence
from curator.steps.detect_faces import detect_faces
from curator.steps.import_images import SourceChoice, import_images
from db.progress import Steps, committing
from db.project import Project


def take_in(
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
        with room_or_sentence():
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
        with room_or_sentence():
            found = yield from committing(session, detecting)
    return asdict(found)
