"""A real worker process with a job that counts, killed and asked to stop."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from dbos import DBOSClient
from sqlalchemy import select

from db.jobs.queue import add_job, enqueue, log_of, newest_job, request_cancel
from db.project.project_folder import Project, open_project
from db.tables.jobs import Job, JobState
from tests.makers import NOW, make_empty_project

OLD_PROJECT = Path(__file__).parents[1] / "old_projects" / "0005.sql"

WORKER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from db.jobs.queue import WorkerName, add_job
from db.jobs.progress import Progress
from db.project.project_folder import open_project
from db.jobs.worker import work

def count(project, arguments):
    done = project.folder / f"counted-{arguments['job_id']}"
    done.touch()
    for number in range(len(done.read_text().split()), arguments["to"]):
        time.sleep(0.02)
        with done.open("a") as file:
            file.write(f"{number}\\n")
        yield Progress(number + 1, arguments["to"], "Counting")
    return {"counted": arguments["to"]}

def fail(project, arguments):
    yield Progress(0, 1)
    raise ValueError("The photo is upside down. Turn it.")

def relay(project, arguments):
    yield Progress(0, 1)
    with project.writing() as session:
        job_id = add_job(session, "count", {"to": 2}, by=None, now=datetime.now(UTC))
        session.commit()
    return {"job": job_id}

functions = {"count": count, "fail": fail, "relay": relay, "promote": count}
work(open_project(Path(sys.argv[1])), WorkerName.CURATOR, functions)
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


def counted(project: Project, job_id: int) -> list[int]:
    return list(map(int, (project.folder / f"counted-{job_id}").read_text().split()))


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
    job_id, next_id = ask(project, "count", to=600), ask(project, "count", to=2)
    with running_worker(project):
        wait_for(project, job_id, lambda job: job.done > 300)
    with running_worker(project):
        job = wait_for(project, job_id, lambda job: job.state.is_final)
        after = wait_for(project, next_id, lambda job: job.state.is_final)
    assert job.state is JobState.DONE
    assert "Goes on after the worker was restarted." in log_text(project, job_id)
    assert counted(project, job_id) == list(range(600))
    assert job.finished_at is not None
    assert after.started_at is not None
    assert job.finished_at <= after.started_at


@pytest.mark.slow
def test_jobs_begin_in_the_order_they_were_asked_for_one_when_the_other_has_ended(
    tmp_path: Path,
) -> None:
    project = make_empty_project(tmp_path)
    asked = [ask(project, "count", to=10) for _ in range(5)]
    with running_worker(project):
        jobs = [wait_for(project, job_id, lambda job: job.state.is_final) for job_id in asked]
    moments = [moment for job in jobs for moment in (job.started_at, job.finished_at) if moment]
    assert len(moments) == 10
    assert moments == sorted(moments)
    assert [counted(project, job_id) for job_id in asked] == [list(range(10))] * 5


@pytest.mark.slow
def test_what_somebody_waits_for_is_done_beside_a_long_job(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with running_worker(project):
        long = ask(project, "count", to=100_000)
        wait_for(project, long, lambda job: job.done > 0)
        quick = ask(project, "promote", to=2)
        assert wait_for(project, quick, lambda job: job.state.is_final).state is JobState.DONE
        assert wait_for(project, long, lambda job: job.done > 0).state is JobState.RUNNING


@pytest.mark.slow
def test_a_job_asks_for_another_that_is_done_after_it(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    asking = ask(project, "relay")
    with running_worker(project):
        result = wait_for(project, asking, lambda job: job.state.is_final).result
        assert result is not None
        job = wait_for(project, result["job"], lambda job: job.state.is_final)
    assert (job.state, job.result) == (JobState.DONE, {"counted": 2})


@pytest.mark.slow
def test_a_second_worker_of_the_same_name_does_nothing_while_the_first_is_at_work(
    tmp_path: Path,
) -> None:
    project = make_empty_project(tmp_path)
    job_id = ask(project, "count", to=300)
    with running_worker(project):
        wait_for(project, job_id, lambda job: job.done > 0)
        with running_worker(project):
            job = wait_for(project, job_id, lambda job: job.state.is_final)
    assert job.state is JobState.DONE
    assert counted(project, job_id) == list(range(300))
    assert log_text(project, job_id).count("Started.") == 1


@pytest.mark.slow
def test_what_an_earlier_version_left_unfinished_is_carried_out(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "project.sqlite") as connection:
        connection.executescript(OLD_PROJECT.read_text())
    connection.close()
    project = open_project(tmp_path)
    with project.writing() as session:
        jobs = [
            Job(kind="count", arguments={"to": 3}, state=state, created_at=NOW)
            for state in (JobState.CANCELLED, JobState.RUNNING, JobState.QUEUED)
        ]
        session.add_all(jobs)
        session.flush()
        cancelled, begun, waiting = (job.id for job in jobs)
        session.commit()
    with running_worker(project):
        for job_id in (begun, waiting):
            assert wait_for(project, job_id, lambda job: job.state.is_final).state is JobState.DONE
            assert counted(project, job_id) == [0, 1, 2]
    assert log_text(project, begun)[0] == "Goes on after the worker was restarted."
    assert log_text(project, waiting)[0] == "Started."
    assert log_text(project, cancelled) == []


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
def test_a_job_that_was_cancelled_while_it_waited_is_never_begun(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    cancelled, other = ask(project, "count", to=2), ask(project, "count", to=2)
    with project.writing() as session:
        request_cancel(session, cancelled, NOW)
        session.commit()
    with running_worker(project):
        assert wait_for(project, other, lambda job: job.state.is_final).state is JobState.DONE
    job = wait_for(project, cancelled, lambda job: job.state.is_final)
    assert job.state is JobState.CANCELLED
    assert log_text(project, cancelled) == []


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


def workflows(project: Project) -> list[str]:
    """List what DBOS has to carry out."""
    client = DBOSClient(system_database_url=f"sqlite:///{project.database}")
    try:
        return [workflow.workflow_id for workflow in client.list_workflows()]
    finally:
        client.destroy()


def test_the_row_and_what_dbos_has_to_do_are_written_both_or_neither(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        add_job(session, "count", {"to": 2}, by=None, now=NOW)
    with project.reading() as session:
        assert session.scalars(select(Job)).all() == []
    assert workflows(project) == []
    job_id = ask(project, "count", to=2)
    assert workflows(project) == [f"job-{job_id}"]


def test_a_job_that_is_in_the_queue_is_not_put_there_twice(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    job_id = ask(project, "count", to=2)
    with project.writing() as session:
        enqueue(session, session.get_one(Job, job_id))
        session.commit()
    assert workflows(project) == [f"job-{job_id}"]
