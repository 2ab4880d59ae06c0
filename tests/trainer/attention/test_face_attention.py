from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db.jobs.progress import finished
from db.project.project_folder import Project, make_project
from db.run_folder.results import write_run
from db.run_folder.run_files import net_files
from db.snapshot_folder.manifest import read_snapshot
from db.tables.runs import Run
from tests.trainer.makers import LABELS, make_net, make_run, make_snapshot
from tests.trainer.test_command import run_trainer
from tests.trainer.test_jobs import NOW, make_job
from trainer.attention.face_attention import face_attention
from trainer.attention.grad_cam import Attention
from trainer.attention.job import attention as attention_job
from trainer.attention.overlay import overlaid
from trainer.backend import keras
from trainer.errors import TrainerError
from trainer.nets import NETS

pytestmark = pytest.mark.slow


def add_net(run: Path) -> None:
    """Write an untrained net as if the run had trained it."""
    keras.utils.set_random_seed(0)
    path = net_files(run, "MiniResNet").model
    path.parent.mkdir(parents=True)
    NETS["MiniResNet"].build().save(path)


def make_benchmark(parent: Path) -> Path:
    make_snapshot(parent)
    run = parent / "run"
    write_run(run, make_run(nets=(make_net("MiniResNet", 0.5),), snapshot_path="../drawn@1"))
    add_net(run)
    return run


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        return picture.size


def test_heat_colours_what_is_hot_and_leaves_the_rest_as_it_is() -> None:
    crop = np.full((2, 2, 3), 51, dtype=np.uint8)
    heat = np.array([[1.0, 0.0], [0.0, 0.0]])

    shown = overlaid(Attention(crop, "sad", heat, dict.fromkeys(LABELS, 1 / 7), (2, 2)))

    assert shown[0, 1].tolist() == [0.2, 0.2, 0.2]
    assert shown[0, 0].min() > 0.4


def test_the_command_draws_where_a_net_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run, out = make_benchmark(tmp_path), tmp_path / "look.png"

    asked = ("attention", run, "--net", "MiniResNet", "--face", 3, "--out", out)
    code, said, err = run_trainer(monkeypatch, capsys, *asked)

    assert code == 0, err
    assert said.startswith("Face 3, labelled angry: MiniResNet says")
    assert min(size_of(out)) > 300


def test_a_net_or_a_face_that_is_not_there_is_named(tmp_path: Path) -> None:
    run = make_benchmark(tmp_path)
    snapshot = read_snapshot(tmp_path / "drawn@1")

    with pytest.raises(TrainerError, match="no trained net 'VGG16'"):
        face_attention(run, "VGG16", 3, snapshot)
    with pytest.raises(TrainerError, match="drawn@1 has no face 999"):
        face_attention(run, "MiniResNet", 999, snapshot)


def make_project_with_run(folder: Path) -> Project:
    project = make_project(folder)
    snapshot_id, _ = make_job(project)
    run = project.folder / "runs/run-1"
    write_run(run, make_run(nets=(make_net("MiniResNet", 0.5),)))
    add_net(run)
    with project.writing() as session:
        session.add(Run(snapshot_id=snapshot_id, folder="runs/run-1", preset="t", created_at=NOW))
        session.commit()
    return project


def test_the_job_draws_into_the_folder_of_the_run(tmp_path: Path) -> None:
    project = make_project_with_run(tmp_path / "project")

    told = finished(attention_job(project, {"run_id": 1, "net": "MiniResNet", "face_id": 3}))

    assert told["picture"] == "runs/run-1/attention/MiniResNet-3.png"
    assert told["label"] == "angry"
    assert min(size_of(project.folder / told["picture"])) > 300


def test_the_job_of_a_run_that_is_gone_says_so(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")

    with pytest.raises(TrainerError, match="Run 9 or its snapshot is no longer in the project"):
        finished(attention_job(project, {"run_id": 9, "net": "VGG16", "face_id": 3}))
