from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import func, select

from db.jobs.progress import finished
from db.labels import Expression
from db.model_folder.prepared_crops import PreparedCrops, write_prepared
from db.project.project_folder import Project, make_project
from db.tables import Face, Image, Source
from db.tables.guidance import Suggestion
from db.tables.jobs import Job
from trainer import jobs
from trainer.deployment import suggestions
from trainer.deployment.suggestions import Suggester, suggest_labels
from trainer.errors import TrainerError

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FOLDER = "uploads/suggest-1"
REQUEST = {"name": "standard", "model": "bright", "folder": FOLDER, "faces": 5, "recipe": {}}


def by_brightness(crops: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Suggest the label whose number is the grey level of the crop."""
    return np.eye(7)[crops[:, 0, 0, 0]] * 0.65 + 0.05


BRIGHT = Suggester("bright", by_brightness)


def make_prepared_project(folder: Path) -> Project:
    """Store faces 1 to 5, and crops of them and of face 9, which is gone, in two files."""
    project = make_project(folder)
    with project.writing() as session:
        source = Source(name="drawn", terms="", created_at=NOW)
        for number in range(1, 6):
            image = Image(
                source=source, name=f"{number}.png", sha256=str(number), pixels_sha256="",
                width_px=75, height_px=75, imported_at=NOW,
            )  # fmt: skip
            session.add(
                Face(
                    image=image, x_min=0, y_min=0, x_max=75, y_max=75, detector="none",
                    confidence=1, quality={}, crop_sha256="", view_sha256="", phash=0,
                    phash_mirrored=0, found_at=NOW,
                )
            )  # fmt: skip
            session.flush()
        session.commit()
    for number, faces in enumerate(([1, 2, 9], [3, 4, 5])):
        crops = np.array([np.full((4, 4), face % 7) for face in faces], dtype=np.uint8)
        write_prepared(project.folder / FOLDER, number, PreparedCrops(np.array(faces), crops))
    return project


def labels_of(project: Project) -> dict[int, Expression]:
    with project.reading() as session:
        return {row.face_id: row.label for row in session.scalars(select(Suggestion))}


def test_what_a_model_says_is_stored_once_for_each_face_that_is_still_there(
    tmp_path: Path,
) -> None:
    project = make_prepared_project(tmp_path)
    assert finished(suggest_labels(project, BRIGHT, project.folder / FOLDER, 6)) == {
        "model": "bright",
        "faces": 6,
    }
    labels = list(Expression)
    assert labels_of(project) == {face: labels[face] for face in range(1, 6)}
    with project.reading() as session:
        row = session.get_one(Suggestion, (2, "bright"))
    assert row.share == pytest.approx(0.7)
    assert row.probabilities == pytest.approx([0.05, 0.05, 0.7, 0.05, 0.05, 0.05, 0.05])


def test_a_step_that_was_killed_goes_on_with_the_files_that_are_left(tmp_path: Path) -> None:
    project = make_prepared_project(tmp_path)
    first = suggest_labels(project, BRIGHT, project.folder / FOLDER, 6)
    assert [next(first).done, next(first).done] == [0, 3]
    del first  # as kill -9 leaves it: one file is done and removed
    seen: list[int] = []

    def watched(crops: NDArray[np.uint8]) -> NDArray[np.float64]:
        seen.append(len(crops))
        return by_brightness(crops)

    again = Suggester("bright", watched)
    assert next(iter(suggest_labels(project, again, project.folder / FOLDER, 6))).done == 3
    finished(suggest_labels(project, again, project.folder / FOLDER, 6))
    assert seen == [3]
    assert len(labels_of(project)) == 5


def test_faces_that_have_a_suggestion_by_the_model_keep_it(tmp_path: Path) -> None:
    project = make_prepared_project(tmp_path)
    with project.writing() as session:
        known = Suggestion(
            face_id=1, model="bright", label=Expression.SAD, share=1.0,
            probabilities=[0, 0, 0, 0, 0, 1, 0], made_at=NOW,
        )  # fmt: skip
        session.add(known)
        session.commit()
    finished(suggest_labels(project, BRIGHT, project.folder / FOLDER, 6))
    assert labels_of(project)[1] is Expression.SAD


def test_the_job_asks_for_the_order_when_all_is_stored_and_leaves_no_crop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_prepared_project(tmp_path)
    monkeypatch.setattr(suggestions, "load_suggester", lambda *_: BRIGHT)
    assert finished(jobs.suggest(project, REQUEST))["model"] == "bright"
    with project.reading() as session:
        (order,) = session.scalars(select(Job))
    assert (order.kind, order.arguments) == ("order", {"recipe": {}})
    assert not (project.folder / FOLDER).exists()


def test_a_job_that_is_cancelled_keeps_what_it_stored_and_leaves_no_crop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_prepared_project(tmp_path)
    monkeypatch.setattr(suggestions, "load_suggester", lambda *_: BRIGHT)
    job = jobs.suggest(project, REQUEST)
    for _ in range(3):
        next(job)
    job.close()
    assert set(labels_of(project)) == {1, 2}
    assert not (project.folder / FOLDER).exists()
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_crops_prepared_for_a_model_that_was_replaced_are_not_shown_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_prepared_project(tmp_path)
    monkeypatch.setattr(suggestions, "load_suggester", lambda *_: BRIGHT)
    with pytest.raises(TrainerError, match="prepared for dark, and now there is bright"):
        finished(jobs.suggest(project, {**REQUEST, "model": "dark"}))
    with pytest.raises(ValueError, match="`folder` must lie in"):
        finished(jobs.suggest(project, {**REQUEST, "folder": "uploads/../crops"}))
