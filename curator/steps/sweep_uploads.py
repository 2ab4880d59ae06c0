"""Remove what was sent and never imported."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from db.jobs import Job, JobState
from db.project import Project

KEPT = timedelta(days=1)


def sweep_uploads(project: Project, now: datetime) -> int:
    """Remove what has lain among the uploads for a day and no job waits for or works on.

    Returns:
        How many of them are gone.
    """
    if not project.uploads.is_dir():
        return 0
    old = [path for path in project.uploads.iterdir() if _touched_at(path) < now - KEPT]
    jobs = _unfinished(project) if old else []
    swept = [path for path in old if not any(_needs(job, path.name) for job in jobs)]
    for path in swept:
        _remove(path)
    return len(swept)


def _unfinished(project: Project) -> Sequence[Job]:
    states = [state for state in JobState if not state.is_final]
    with project.reading() as session:
        return session.scalars(select(Job).where(Job.state.in_(states))).all()


def _needs(job: Job, name: str) -> bool:
    """Say whether a job was told of a folder, or has made it and named it after itself."""
    return name in json.dumps(job.arguments) or name.endswith(f"-{job.id}")


def _touched_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:  # its job has just removed it
        return datetime.max.replace(tzinfo=UTC)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)  # what cannot go now is swept another day
    else:
        path.unlink(missing_ok=True)
