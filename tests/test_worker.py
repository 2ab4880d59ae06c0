"""The curator's own worker, killed with -9 in the middle of an import."""

import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.job_queue import add_job
from db.jobs import Job, JobState
from db.project import Project, make_project
from db.storage import remove_leftovers
from db.tables import Annotation, Face, Image
from tests.makers import NOW

SAMPLE = Path(__file__).parents[1] / "sample_data"
KILLED_AFTER_SECONDS = (4.5, 6.0, 5.2, 8.0)


def start_worker(project: Project) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "curator", "worker", "--project", str(project.folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def job_state(project: Project, job_id: int) -> JobState:
    with project.reading() as session:
        return session.get_one(Job, job_id).state


def counts(project: Project) -> dict[str, int | None]:
    with project.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (Image, Face, Annotation)
        }


@pytest.mark.slow
def test_an_import_killed_again_and_again_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    upload = project.uploads / "sent"
    shutil.copytree(SAMPLE / "photos", upload / "photos")
    shutil.copy(SAMPLE / "labels.csv", upload)
    arguments = {
        "origin": "uploads/sent/photos",
        "legends": ["uploads/sent/labels.csv"],
        "source": "sample",
        "terms": "",
        "subject_pattern": "",
        "detector": None,
    }
    with project.writing() as session:
        job_id = add_job(session, "import", arguments, by=None, now=NOW)
        session.commit()
    for seconds in KILLED_AFTER_SECONDS:
        worker = start_worker(project)
        time.sleep(seconds)
        worker.kill()
        worker.communicate()
    worker = start_worker(project)
    until = time.monotonic() + 180
    while not job_state(project, job_id).is_final and time.monotonic() < until:
        time.sleep(0.2)
    worker.kill()
    worker.communicate()
    assert job_state(project, job_id) is JobState.DONE
    assert counts(project) == {"images": 408, "faces": 550, "annotations": 872}
    remove_leftovers(project.folder, before=datetime.now(UTC))  # the worker does it in an hour
    blobs = {path.name for path in (project.folder / "images").rglob("*") if path.is_file()}
    with project.reading() as session:
        assert blobs == set(session.scalars(select(Image.sha256)))
