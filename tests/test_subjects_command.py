"""`curator subjects`, and the job behind its page."""

from pathlib import Path

import pytest

from db.labels import Expression
from db.project.biometrics import Biometrics
from db.project.project_folder import Project
from db.tables.jobs import JobState
from tests.commands import run_command, run_json
from tests.jobs import done
from tests.makers import make_labelled_project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_labelled_project(tmp_path / "project", [Expression.SAD] * 2)


def test_subjects_are_found_once_they_are_allowed_and_forgotten(project: Project) -> None:
    named = ("-p", str(project.folder))
    refused = run_command("subjects", *named)
    assert refused.returncode == 1
    assert "curator settings set finds_subjects=yes" in " ".join(refused.stderr.split())
    assert "Traceback" not in refused.stderr
    run_json("settings", "set", "finds_subjects=yes", *named)
    found = run_json("subjects", "--rule", "strict", *named)
    assert (found["faces"], found["measured"], found["issues"]) == (2, 2, [])
    assert Biometrics(project.folder).count() == 2
    assert "0 faces measured." in run_command("subjects", *named).stdout
    forgotten = run_json("subjects", "--forget", *named)
    assert forgotten["embeddings"] == 2
    assert not Biometrics(project.folder).file.exists()
    assert run_json("settings", *named)["finds_subjects"] is False


def test_a_rule_that_is_none_is_refused(project: Project) -> None:
    ran = run_command("subjects", "--rule", "odd", "-p", str(project.folder))
    assert ran.returncode == 1
    assert "A rule is one of usual, strict. Received: 'odd'" in ran.stderr


def test_the_job_finds_subjects_and_fails_with_a_sentence_where_it_is_not_allowed(
    project: Project,
) -> None:
    refused = done(project, "subjects", {"rule": "usual"})
    assert refused.state is JobState.FAILED
    assert refused.message.startswith("Finding subjects is switched off")
    run_json("settings", "set", "finds_subjects=yes", "-p", str(project.folder))
    job = done(project, "subjects", {"rule": "usual"})
    assert job.state is JobState.DONE, job.message
    assert job.result is not None
    assert (job.result["faces"], job.result["measured"]) == (2, 2)
