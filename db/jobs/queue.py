"""Ask for long work, watch it, stop it.

DBOS keeps the queue, in tables of its own beside ours: whoever asks writes the row that
people see and what DBOS has to carry out in one transaction. The worker it is meant for
(`db.jobs.worker`) begins within half a second.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.tables.jobs import UNFINISHED, Job, JobLine, JobState


class WorkerName(StrEnum):
    """Which process does a job."""

    CURATOR = "curator"
    TRAINER = "trainer"


TRAINER_KINDS = frozenset({"benchmark", "estimate", "promote", "predict", "suggest", "attention"})
"""The kinds of job that need Keras; all others are the curator's."""

QUICK_KINDS = frozenset({"promote", "predict", "attention"})
"""Kinds that somebody waits for: they have a queue of their own beside the long ones."""

APPLICATION = "fer-curator"
APPLICATION_VERSION = "1"
"""Pinned: DBOS leaves alone what another version began, and our jobs outlive an update."""

WORKFLOW = "run_job"


def worker_of(kind: str) -> WorkerName:
    """Name the worker that does jobs of a kind."""
    return WorkerName.TRAINER if kind in TRAINER_KINDS else WorkerName.CURATOR


def queue_of(kind: str) -> str:
    """Name the queue that jobs of a kind wait in."""
    return f"{worker_of(kind)}-quick" if kind in QUICK_KINDS else str(worker_of(kind))


def add_job(
    session: Session, kind: str, arguments: dict[str, Any], *, by: int | None, now: datetime
) -> int:
    """Ask for a job; the caller commits.

    Returns:
        The job's id.
    """
    job = Job(kind=kind, arguments=arguments, requested_by=by, created_at=now)
    job.state = JobState.QUEUED
    session.add(job)
    session.flush()
    enqueue(session, job)
    return job.id


def enqueue(session: Session, job: Job) -> None:
    """Put a job into the queue of its kind, behind those asked for before; the caller commits.

    One that is there already stays as it is.
    """
    # Here, because DBOS takes a fifth of a second to import, and most commands ask for no job.
    from dbos import DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions  # noqa: PLC0415

    client = DBOSClient(
        system_database_engine=session.get_bind().engine,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
    )
    options = EnqueueOptions(
        workflow_name=WORKFLOW,
        queue_name=queue_of(job.kind),
        workflow_id=f"job-{job.id}",
        app_version=APPLICATION_VERSION,
        priority=job.id,  # before Python 3.12 DBOS tells times on SQLite by the second only
    )
    client.enqueue_in_transaction(session, options, job.id)


def unfinished_jobs(session: Session) -> Sequence[Job]:
    """Return the jobs that wait or are at work, in the order they were asked for."""
    return session.scalars(select(Job).where(Job.state.in_(UNFINISHED)).order_by(Job.id)).all()


def request_cancel(session: Session, job_id: int, now: datetime) -> None:
    """Ask a job to stop at its next safe point; the caller commits.

    A job that still waits is cancelled at once, one that has ended stays as it is.
    """
    job = session.get_one(Job, job_id)
    if job.state is JobState.QUEUED:
        job.state, job.finished_at = JobState.CANCELLED, now
    job.is_cancel_requested = not job.state.is_final


def newest_job(session: Session, kinds: Sequence[str]) -> Job | None:
    """Return the newest job of these kinds; None where there was none."""
    newest = select(Job).where(Job.kind.in_(kinds)).order_by(Job.id.desc()).limit(1)
    return session.scalars(newest).first()


def log_of(session: Session, job_id: int) -> list[JobLine]:
    """Return a job's log in the order it was written."""
    lines = select(JobLine).where(JobLine.job_id == job_id).order_by(JobLine.id)
    return list(session.scalars(lines))
