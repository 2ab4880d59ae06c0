"""A real worker process with a job that counts, killed and asked to stop."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from db.jobs.queue import add_job, log_of, newest_job, request_cancel
from db.project.project_folder import Project
from db.tables.jobs import Job, JobState
from tests.makers import NOW, make_empty_project

WORKER = """
import sys, time
from pathlib import Path
from db.jobs.queue import WorkerName
from db.jobs.progress import Progress
from db.project.project_folder import open_project
from db.jobs.worker import work

def count(project, arguments):
    done = project.folder / "counted"
    for number in range(arguments["to"]):
        time.sleep(0.02)
        with done.open("a") as file:
            file.write(f"{number}\\n")
        yield Progress(number + 1, arguments["to"], "Counting")
    return {"counted": arguments["to"]}

def fail(project, arguments):
    yield Progress(0, 1)
    raise ValueError("The photo is upside down. Turn it.")

work(open_project(Path(sys.argv[1])), WorkerName.CURATOR, {"count": count, "fail": fail})
"""


@contextmanager
def running_worker(project: Project) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", WORKER, str(project.folder)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE)
    try:
        yield worker
    finally:
        worker.kill()
        worker.communicate()


def ask(project: Project, kind: str, **arguments: int) -> int:
    with project.writing() as session:
        job_id = add_job(session, kind, arguments, by=None, now=NOW)
        session.commit()
        return job_id


def wait_for(project: Project, job_id: int, happened: Callable[[Job], bool]) -> Job:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with project.reading() as session:
            job = session.get_one(Job, job_id)
        if happened(job):
            return job
        time.sleep(0.1)
    raise AssertionError(f"Job {job_id} stayed {job.state} with {job.done} of {job.total}.")


def log_text(project: Project, job_id: int) -> list[str]:
    with project.reading() as session:
        return [line.text for line in log_of(session, job_id)]


@pytest.mark.slow
def test_a_job_is_done_and_reports_its_result(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    job_id = ask(project, "count", to=5)
    with running_worker(project):
        job = wait_for(project, job_id, lambda job: job.state.is_final)
    assert (job.state, job.result) == (JobState.DONE, {"counted": 5})
    assert log_text(project, job_id)[-1] == "Done."


@pytest.mark.slow
def test_a_job_whose_worker_is_killed_goes_on_after_the_restart(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    job_id = ask(project, "count", to=100)
    with running_worker(project):
        wait_for(project, job_id, lambda job: job.done > 10)
    with running_worker(project):
        job = wait_for(project, job_id, lambda job: job.state.is_final)
    assert job.state is JobState.DONE
    assert "Goes on after the worker was restarted." in log_text(project, job_id)


@pytest.mark.slow
def test_a_cancelled_job_stops_and_the_next_one_runs(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    long, short = ask(project, "count", to=100_000), ask(project, "count", to=2)
    with running_worker(project):
        wait_for(project, long, lambda job: job.done > 0)
        with project.writing() as session:
            request_cancel(session, long, NOW)
            session.commit()
        assert wait_for(project, long, lambda job: job.state.is_final).state is JobState.CANCELLED
        assert wait_for(project, short, lambda job: job.state.is_final).state is JobState.DONE


@pytest.mark.slow
def test_a_job_that_fails_says_why_and_the_worker_goes_on(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    bad, good = ask(project, "fail"), ask(project, "count", to=2)
    with running_worker(project):
        assert wait_for(project, good, lambda job: job.state.is_final).state is JobState.DONE
    job = wait_for(project, bad, lambda job: job.state.is_final)
    assert (job.state, job.message) == (JobState.FAILED, "The photo is upside down. Turn it.")
    assert "Traceback" in log_text(project, bad)[-1]


@pytest.mark.slow
def test_a_worker_ends_when_whoever_started_it_does(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with running_worker(project) as worker:
        assert worker.stdin is not None
        worker.stdin.close()
        assert worker.wait(timeout=60) == 0


def test_a_job_that_waits_is_cancelled_at_once(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    job_id = ask(project, "count", to=2)
    with project.writing() as session:
        request_cancel(session, job_id, NOW)
        session.commit()
        job = newest_job(session, ("count",))
    assert job is not None
    assert job.state is JobState.CANCELLED
