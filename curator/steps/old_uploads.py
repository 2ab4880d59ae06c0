"""What browsers sent and no job needs any more."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from db.jobs import Job, JobState
from db.project import Project

KEPT = timedelta(days=1)


def old_uploads(project: Project, now: datetime) -> list[Path]:
    """List what has lain among the uploads for a day and no job waits for or works on."""
    if not project.uploads.is_dir():
        return []
    old = [path for path in project.uploads.iterdir() if touched_at(path) < now - KEPT]
    jobs = _unfinished(project) if old else []
    return [path for path in old if not any(_needs(job, path.name) for job in jobs)]


def _unfinished(project: Project) -> Sequence[Job]:
    states = [state for state in JobState if not state.is_final]
    with project.reading() as session:
        return session.scalars(select(Job).where(Job.state.in_(states))).all()


def _needs(job: Job, name: str) -> bool:
    """Say whether a job was told of a folder, or has made it and named it after itself."""
    return name in json.dumps(job.arguments) or name.endswith(f"-{job.id}")


def touched_at(path: Path) -> datetime:
    """Say when a file was last changed; the end of time where it has just gone."""
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:  # its job has just removed it
        return datetime.max.replace(tzinfo=UTC)
