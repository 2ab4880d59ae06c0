"""Import and detection with the commits on the way, for jobs and commands."""

import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from curator.errors import CuratorError
from curator.steps.choose_detector import default_detector_name
from curator.steps.cut_faces import room_or_sentence
from curator.steps.detect_faces import detect_faces
from curator.steps.fetch_urls import fetch_urls, origins
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


def take_in_from_web(  # noqa: PLR0913 - what, whence, and where to do the work
    project: Project,
    urls: Sequence[str],
    choice: SourceChoice,
    *,
    folder: Path | None = None,
    detector: str | None = None,
    executor: Executor | None = None,
) -> Steps[dict[str, Any]]:
    """Fetch images from the web and import them; each keeps its address among its details.

    Args:
        folder: Where to fetch to, below the uploads of the project; a new one when None.
            Begun again with the same one, what has come is not fetched again. It is removed
            at the end.

    Returns:
        The report of the import, with what did not come among its issues.

    Raises:
        CuratorError: Nothing came.
    """
    place = folder or project.uploads / f"web-{uuid4()}"
    fetched = yield from fetch_urls(urls, place)
    if not fetched.fetched:
        reason = f" {fetched.issues[0]}" if fetched.issues else ""
        raise CuratorError(f"None of {len(urls):,} addresses gave a file.{reason}")
    choice = replace(choice, addresses=origins(place))
    report = yield from take_in(project, place, choice, detector=detector, executor=executor)
    shutil.rmtree(place)
    return report | {"issues": [*map(asdict, fetched.issues), *report["issues"]]}


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
