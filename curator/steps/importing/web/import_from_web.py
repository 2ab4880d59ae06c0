"""Images from the web, fetched and then imported like any others."""

import shutil
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from curator.errors import CuratorError
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.run_import import run_import
from curator.steps.importing.web.fetch_urls import fetch_urls, origins
from db.jobs.progress import Steps
from db.project.project_folder import Project


def import_from_web(  # noqa: PLR0913 - what, whence, and where to do the work
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
    report = yield from run_import(project, place, choice, detector=detector, executor=executor)
    shutil.rmtree(place)
    return report | {"issues": [*map(asdict, fetched.issues), *report["issues"]]}
