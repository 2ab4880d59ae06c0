"""The commands of help from models, and the jobs behind them."""

from pathlib import Path

import pytest
from sqlalchemy import select

from db.jobs.queue import WorkerName, worker_of
from db.labels import Expression
from db.model_folder.prepared_crops import prepared_files
from db.project.project_folder import Project
from db.tables.assignment import FaceVotes
from db.tables.jobs import Job, JobState
from tests.commands import run_command, run_json
from tests.jobs import done
from tests.makers import make_face, make_labelled_project
from tests.steps.models.suggesting import make_card, make_run_with_predictions

LABELS = [label for label in Expression for _ in range(4)]


def make_open_project(folder: Path) -> Project:
    """Make a project with settled faces and one open face, the last."""
    project = make_labelled_project(folder / "project", LABELS)
    with project.writing() as session:
        make_face(project, session, seed=90)
        session.commit()
    return project


def test_prepared_crops_are_handed_to_the_trainer(tmp_path: Path) -> None:
    project = make_open_project(tmp_path)
    card = make_card(project)
    job = done(project, "prepare", {"name": "standard", "recipe": {"targets": None}})
    assert (job.state, job.result) == (JobState.DONE, {"model": card.model, "faces": 29})
    with project.reading() as session:
        asked = session.scalars(select(Job).where(Job.kind == "suggest")).one()
    assert worker_of(asked.kind) is WorkerName.TRAINER
    assert asked.arguments == {
        "name": "standard", "model": card.model, "recipe": {"targets": None},
        "folder": f"uploads/suggest-{job.id}", "faces": 29,
    }  # fmt: skip
    assert len(prepared_files(project.folder / asked.arguments["folder"])) == 1


def test_a_model_that_is_gone_fails_the_job_with_a_sentence(tmp_path: Path) -> None:
    job = done(make_open_project(tmp_path), "prepare", {"name": "standard", "recipe": {}})
    assert job.state is JobState.FAILED
    assert job.message.startswith("This project has no model 'standard'")


def test_the_job_orders_faces_for_its_recipe(tmp_path: Path) -> None:
    project = make_open_project(tmp_path)
    job = done(project, "order", {"recipe": {"targets": {"disgust": 9}}})
    assert job.result is not None
    assert (job.result["faces"], job.result["open"]) == (29, 1)
    with project.reading() as session:
        first = session.scalars(select(FaceVotes).order_by(FaceVotes.priority.desc())).first()
    assert first is not None
    assert first.face_id == 29
    assert first.priority == pytest.approx(5 / 9 / 7 * 6 / 7)


@pytest.mark.slow
def test_models_help_by_commands(tmp_path: Path) -> None:
    project = make_open_project(tmp_path)
    named = ("-p", str(project.folder))
    card = make_card(project)
    asked = run_json("suggest", "standard", "--recipe", "even", *named)
    assert (asked["model"], asked["faces"]) == (card.model, 29)
    assert run_json("order", *named)["open"] == 1
    assert run_json("bias", *named) == {"bias": {}}
    labels = {face: str(label) for face, label in enumerate(LABELS, start=1)}
    make_run_with_predictions(project, labels, labels | {1: "sad"})
    errors = run_json("label-errors", *named)
    assert (errors["run"], errors["covered"], errors["likely"]) == (1, 28, 1)
    assert [row["face_id"] for row in errors["faces"]] == [1]
    assert "1 likely errors; run 1 covers 28 faces." in run_command("label-errors", *named).stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("suggest", "standard"), "trainer install-net mini-xception"),
        (("order", "--recipe", "odd"), "A recipe is one of paper-9k, even"),
        (("label-errors",), "Run a benchmark"),
        (("label-errors", "--run", "7"), "Run a benchmark"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    arguments: tuple[str, ...], sentence: str, tmp_path: Path
) -> None:
    project = make_labelled_project(tmp_path / "project", [])
    ran = run_command(*arguments, "-p", str(project.folder))
    assert ran.returncode == 1
    assert sentence in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
