"""The process that does jobs: takes them from its queue, reports, stops when asked.

DBOS keeps the queue and starts again what a worker that died had begun; the row in `jobs`
is what people see. A worker may die at any moment. Steps commit in batches and skip what
is done, so that the job, begun again by DBOS when the worker is back, goes on where it was.
"""

import fcntl
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dbos import DBOS, DBOSPortableJSONSerializer
from sqlalchemy.orm import Session

from db.files.blobs import LEFTOVER_AGE, remove_leftovers
from db.jobs.progress import Followed, Progress, Steps
from db.jobs.queue import (
    APPLICATION,
    APPLICATION_VERSION,
    WORKFLOW,
    WorkerName,
    enqueue,
    queue_of,
    unfinished_jobs,
    worker_of,
)
from db.project.project_folder import Project
from db.tables.jobs import Job, JobLine, JobState

JobFunction = Callable[[Project, dict[str, Any]], Steps[dict[str, Any]]]
"""Does a job: takes its arguments (with `job_id` added), yields progress, returns a result
that JSON can say."""

REPORT_SECONDS = 0.3
"""At least so much time between two notes of how far a job is: steps tell of every item."""

POLLING_SECONDS = 0.5


def work(project: Project, worker: WorkerName, functions: Mapping[str, JobFunction]) -> None:
    """Do the jobs of one worker until the process is ended.

    Only one process at a time works for a worker's name in a project: a second waits for
    the first to end. The process ends itself when whoever started it closes its standard
    input.
    """
    parent = threading.Thread(target=_end_with_parent, daemon=True)
    parent.start()
    with _only_one(project, worker):
        remove_leftovers(project.folder, before=datetime.now(UTC) - LEFTOVER_AGE)
        _enqueue_left_over(project, worker)
        _launch(project, worker, functions)
        parent.join()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)  # as safe as kill -9, which a job survives


@contextmanager
def _only_one(project: Project, worker: WorkerName) -> Iterator[None]:
    folder = project.folder / "jobs"
    folder.mkdir(exist_ok=True)
    with (folder / f"{worker}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _enqueue_left_over(project: Project, worker: WorkerName) -> None:
    """Enqueue what an earlier version, which had its queue elsewhere, left unfinished."""
    with project.writing() as session:
        for job in unfinished_jobs(session):
            if worker_of(job.kind) is worker:
                enqueue(session, job)
        session.commit()


def _launch(project: Project, worker: WorkerName, functions: Mapping[str, JobFunction]) -> None:
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": project.engine.url.render_as_string(hide_password=False),
            "application_version": APPLICATION_VERSION,
            "executor_id": str(worker),
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
        }
    )

    @DBOS.workflow(name=WORKFLOW)
    def run_job(job_id: int) -> None:
        do_job(project, job_id, functions)

    queues = sorted({queue_of(kind) for kind in functions})
    DBOS.listen_queues(queues)
    DBOS.launch()
    for queue in queues:
        DBOS.register_queue(queue, worker_concurrency=1, polling_interval_sec=POLLING_SECONDS)


def do_job(project: Project, job_id: int, functions: Mapping[str, JobFunction]) -> None:
    """Do one job to its end and write down how it ended.

    A failure is no error of the worker: it is written into the job, with its traceback in
    the log, and the worker goes on with the next.
    """
    with project.writing() as session:
        job = session.get_one(Job, job_id)
        if job.state.is_final:
            return
        _begin(session, job)
        kind, arguments = job.kind, {**job.arguments, "job_id": job_id}
        session.commit()
    try:
        ending = _run(project, job_id, functions[kind](project, arguments))
    except Exception as error:  # a job may fail in any way; the worker must not
        ending = _Ending(JobState.FAILED, message=str(error), log=traceback.format_exc())
    _end(project, job_id, ending)


@dataclass(frozen=True)
class _Ending:
    state: JobState
    result: dict[str, Any] | None = None
    message: str = ""
    log: str = ""


def _begin(session: Session, job: Job) -> None:
    resumed = job.state is JobState.RUNNING
    job.state, job.started_at = JobState.RUNNING, datetime.now(UTC)
    _log(session, job.id, "Goes on after the worker was restarted." if resumed else "Started.")


def _log(session: Session, job_id: int, text: str) -> None:
    session.add(JobLine(job_id=job_id, written_at=datetime.now(UTC), text=text))


def _run(project: Project, job_id: int, steps: Steps[dict[str, Any]]) -> _Ending:
    reported_at = 0.0
    followed = Followed(steps)
    for progress in followed:
        if time.monotonic() - reported_at >= REPORT_SECONDS:
            reported_at = time.monotonic()
            if _is_cancelled_after(project, job_id, progress):
                steps.close()
                return _Ending(JobState.CANCELLED)
    return _Ending(JobState.DONE, result=followed.result)


def _is_cancelled_after(project: Project, job_id: int, progress: Progress) -> bool:
    with project.writing() as session:
        job = session.get_one(Job, job_id)
        if progress.message and progress.message != job.message:
            _log(session, job_id, progress.message)
        job.done, job.total, job.message = progress.done, progress.total, progress.message
        is_cancelled = job.is_cancel_requested
        session.commit()
        return is_cancelled


def _end(project: Project, job_id: int, ending: _Ending) -> None:
    with project.writing() as session:
        job = session.get_one(Job, job_id)
        job.state, job.result, job.message = ending.state, ending.result, ending.message
        job.finished_at = datetime.now(UTC)
        if ending.state is JobState.DONE:
            job.done = job.total
        _log(session, job_id, ending.log or f"{ending.state.capitalize()}.")
        session.commit()
