"""Import and detection as one piece of long work, for jobs and commands."""

from concurrent.futures import Executor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from curator.core.detector import default_detector_name
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
    """Import images and find the faces in them, committing on the way.

    Returns:
        `import` and `detect`: the two reports, in what JSON can say.
    """
    with project.writing() as session:
        importing = import_images(
            project, session, origin, choice, now=datetime.now(UTC), executor=executor
        )
        imported = yield from committing(session, importing)
    found = yield from detect(project, detector=detector, executor=executor)
    return {"import": asdict(imported), "detect": found}


def detect(
    project: Project, *, detector: str | None = None, executor: Executor | None = None
) -> Steps[dict[str, Any]]:
    """Find the faces in images that no detector has looked at, committing on the way.

    Returns:
        The report, in what JSON can say.
    """
    name = detector or default_detector_name()
    with project.writing() as session:
        detecting = detect_faces(project, session, name, now=datetime.now(UTC), executor=executor)
        found = yield from committing(session, detecting)
    return asdict(found)
