import os
from datetime import timedelta
from pathlib import Path

import pytest

from curator.steps.importing.uploads import sweep_uploads
from db.jobs.queue import add_job
from db.project.project_folder import Project
from db.tables.jobs import Job, JobState
from tests.makers import NOW


def lie_about(project: Project, name: str, age: timedelta = timedelta(days=2)) -> Path:
    """Put a folder with a file among the uploads, as old as said."""
    folder = project.uploads / name
    (folder / "photos").mkdir(parents=True)
    (folder / "photos" / "a.jpg").write_bytes(b"x")
    touched = (NOW - age).timestamp()
    os.utime(folder, (touched, touched))
    return folder


def names(project: Project) -> list[str]:
    return sorted(path.name for path in project.uploads.iterdir())


def add(project: Project, arguments: dict[str, object], state: JobState) -> int:
    with project.writing() as session:
        job_id = add_job(session, "import", dict(arguments), by=None, now=NOW)
        session.get_one(Job, job_id).state = state
        session.commit()
    return job_id


def test_what_was_never_imported_goes_after_a_day(project: Project) -> None:
    lie_about(project, "old")
    lie_about(project, "new", timedelta(hours=23))
    assert sweep_uploads(project, NOW) == 1
    assert names(project) == ["new"]


@pytest.mark.parametrize(
    ("state", "is_kept"),
    [
        (JobState.QUEUED, True),
        (JobState.RUNNING, True),
        (JobState.DONE, False),
        (JobState.FAILED, False),
        (JobState.CANCELLED, False),
    ],
)
def test_what_a_job_has_yet_to_read_stays(project: Project, state: JobState, is_kept: bool) -> None:
    lie_about(project, "sent")
    add(project, {"origin": "uploads/sent/photos", "legends": []}, state)
    sweep_uploads(project, NOW)
    assert names(project) == ["sent"] * is_kept


def test_a_legend_that_a_job_has_yet_to_read_stays(project: Project) -> None:
    lie_about(project, "sent")
    add(project, {"origin": "", "legends": ["uploads/sent/photos/l.csv"]}, JobState.QUEUED)
    assert sweep_uploads(project, NOW) == 0


def test_what_a_job_has_fetched_stays_until_it_ends(project: Project) -> None:
    job_id = add(project, {"urls": ["https://example.org/a.jpg"]}, JobState.RUNNING)
    lie_about(project, f"web-{job_id}")
    lie_about(project, f"web-{job_id + 1}")
    sweep_uploads(project, NOW)
    assert names(project) == [f"web-{job_id}"]


def test_a_file_that_was_left_goes_too(project: Project) -> None:
    left = lie_about(project, "x") / "photos" / "a.jpg"
    os.utime(left, (0, 0))
    left.rename(project.uploads / "half.tar")
    assert sweep_uploads(project, NOW) == 2
    assert names(project) == []


def test_a_link_goes_and_not_what_it_leads_to(project: Project, tmp_path: Path) -> None:
    project.uploads.mkdir()
    (tmp_path / "precious").mkdir()
    link = project.uploads / "link"
    link.symlink_to(tmp_path / "precious")
    os.utime(link, (0, 0), follow_symlinks=False)
    assert sweep_uploads(project, NOW) == 1
    assert (tmp_path / "precious").is_dir()


def test_a_project_without_uploads_has_nothing_to_sweep(project: Project) -> None:
    assert sweep_uploads(project, NOW) == 0
