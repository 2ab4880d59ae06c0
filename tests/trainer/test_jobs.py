from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from db.jobs.progress import finished
from db.jobs.queue import TRAINER_KINDS
from db.model_folder.model_card import read_card
from db.project.project_folder import Project, make_project
from db.run_folder.results import RunState, read_run
from db.snapshot_folder.manifest import read_snapshot
from db.tables.jobs import Job, JobState
from db.tables.runs import Run
from db.tables.snapshots import StoredRecipe, StoredSnapshot
from tests.trainer.makers import make_crop, make_preset, make_snapshot
from trainer import jobs
from trainer.deployment import suggestions
from trainer.errors import TrainerError

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_job(project: Project) -> tuple[int, int]:
    """Store a snapshot and a job; return the snapshot's id and the job's."""
    folder = make_snapshot(project.snapshots)
    snapshot = read_snapshot(folder)
    with project.writing() as session:
        recipe = StoredRecipe(sha256="0" * 64, choices={}, created_at=NOW)
        stored = StoredSnapshot(
            name="drawn",
            version=1,
            content_hash=snapshot.content_hash,
            folder=str(folder.relative_to(project.folder)),
            faces=len(snapshot.faces),
            recipe=recipe,
            created_at=NOW,
        )
        job = Job(kind="benchmark", arguments={}, state=JobState.RUNNING, created_at=NOW)
        session.add_all([stored, job])
        session.flush()
        ids = stored.id, job.id
        session.commit()
    return ids


def test_the_worker_finds_a_function_for_every_kind_of_job_that_is_the_trainers() -> None:
    assert set(jobs.JOBS) == TRAINER_KINDS


@pytest.mark.slow
def test_a_benchmark_goes_on_in_its_folder_and_its_best_cell_is_promoted_and_predicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path / "project")
    snapshot_id, job_id = make_job(project)
    monkeypatch.setattr(jobs, "PRESETS", {"tiny": make_preset()})
    arguments = {
        "job_id": job_id,
        "snapshot_id": snapshot_id,
        "preset": "tiny",
        "nets": ["MiniResNet"],
        "classifiers": ["softmax", "svm"],
    }

    stopped = jobs.benchmark(project, arguments)
    for _ in range(3):
        next(stopped)
    stopped.close()
    result = finished(jobs.benchmark(project, arguments))

    with project.reading() as session:
        run = session.query(Run).one()
        assert (run.id, run.folder, run.preset) == (result["run_id"], f"runs/run-{job_id}", "tiny")
    assert read_run(project.folder / result["folder"]).state is RunState.DONE

    promoted = finished(jobs.promote(project, {"run_id": result["run_id"]}))
    assert promoted["net"] == result["net"] == "MiniResNet"
    assert promoted["folder"] == "models/standard"
    card = read_card(project.standard_model)
    assert card
    assert card.classifier == result["classifier"]

    suggester = suggestions.load_suggester(project, "standard")
    assert suggester.model == card.model
    shares = suggester.predict(np.zeros((3, 75, 75, 3), dtype=np.uint8))
    assert shares.shape == (3, 7)

    for number in range(11):
        path = project.uploads / "photo" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make_crop("sad", number))
    predicted = finished(jobs.predict(project, {"folder": "uploads/photo"}))
    assert np.shape(predicted["probabilities"]) == (11, 7)
    assert predicted["classifier"] == card.classifier


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    (project.uploads / "photo").mkdir(parents=True)

    with pytest.raises(TrainerError, match="There is no snapshot 3"):
        finished(jobs.benchmark(project, {"job_id": 1, "snapshot_id": 3, "preset": "quick"}))
    with pytest.raises(TrainerError, match="`preset` must be one of quick, paper, thorough"):
        finished(jobs.benchmark(project, {"job_id": 1, "snapshot_id": 3, "preset": "slow"}))
    with pytest.raises(TrainerError, match="There is no run 3"):
        finished(jobs.promote(project, {"run_id": 3}))
    with pytest.raises(TrainerError, match="holds no standard model"):
        finished(jobs.predict(project, {"folder": "uploads/photo"}))


def test_crops_outside_the_uploads_are_not_looked_at(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")

    with pytest.raises(ValueError, match="`folder` must lie in"):
        finished(jobs.predict(project, {"folder": "uploads/../crops"}))
