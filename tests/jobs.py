"""Do a job in this process, as the worker does it."""

from typing import Any

from curator.jobs import JOBS
from db.jobs.queue import add_job
from db.jobs.worker import do_job
from db.project.project_folder import Project
from db.tables.jobs import Job
from tests.makers import NOW


def done(project: Project, kind: str, arguments: dict[str, Any]) -> Job:
    """Ask for a job of the curator's and do it; return it as it ended."""
    with project.writing() as session:
        job_id = add_job(session, kind, arguments, by=None, now=NOW)
        session.commit()
    do_job(project, job_id, JOBS)
    with project.reading() as session:
        return session.get_one(Job, job_id)
