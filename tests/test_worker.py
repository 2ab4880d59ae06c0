"""The curator's own worker, killed with -9 in the middle of an import."""

import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import func, select

from db.jobs.queue import add_job
from db.project.project_folder import Project
from db.tables import Annotation, Annotator, Face, Image, ImageLabel, Import
from db.tables.jobs import Job, JobState
from tests.faults.importing import worker_of
from tests.makers import NOW, make_empty_project

SAMPLE = Path(__file__).parents[1] / "sample_data"
KILLS = 10
LEFT = 40
"""Images not yet taken in when it is last killed: what comes in while it is, is far less."""
PHOTOS = sorted((SAMPLE / "photos").iterdir())[::3]
"""Some of each kind: what is tested is the kills."""
MOST_SECONDS = 240


def asked_import(folder: Path) -> tuple[Project, int]:
    """Make a project in which the import of the sample photos is asked for."""
    project = make_empty_project(folder)
    upload = project.uploads / "sent"
    (upload / "photos").mkdir(parents=True)
    for photo in PHOTOS:
        shutil.copy(photo, upload / "photos")
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
    return project, job_id


def state_of(project: Project, job_id: int) -> JobState:
    with project.reading() as session:
        return session.get_one(Job, job_id).state


def images_in(project: Project) -> int:
    with project.reading() as session:
        return session.scalar(select(func.count()).select_from(Image)) or 0


def wait_until(project: Project, job_id: int, images: float) -> None:
    """Wait until so many images are in, or the job has ended."""
    until = time.monotonic() + MOST_SECONDS
    while images_in(project) < images and not state_of(project, job_id).is_final:
        assert time.monotonic() < until, f"No {images} images in {MOST_SECONDS} s."
        time.sleep(0.01)


def end_state(project: Project) -> dict[str, Any]:
    """Say all that an import leaves but ids and times, which chance may order otherwise."""
    rows = {
        "faces": select(
            Image.sha256, Face.x_min, Face.y_max, Face.confidence, Face.crop_sha256,
            Face.view_sha256, Face.phash, Face.subject, Face.detector,
        ).join(Image),
        "images": select(Image.name, Image.sha256, Image.pixels_sha256, Image.subject),
        "labels": select(Image.sha256, Annotator.name, ImageLabel.label)
        .join(Image, Image.id == ImageLabel.image_id)
        .join(Annotator, Annotator.id == ImageLabel.annotator_id),
        "annotations": select(Annotation.uuid, Annotation.label, Face.crop_sha256).join(
            Face, Face.id == Annotation.face_id
        ),
        "imports": select(Import.layout, Import.choices),
    }  # fmt: skip
    with project.reading() as session:
        state = {name: sorted(map(repr, session.execute(query))) for name, query in rows.items()}
    return state | {"files": files_in(project)}


def files_in(project: Project) -> list[str]:
    """List the blobs and whatever lies among them or aside, uploads included."""
    folders = (project.images, project.crops, project.views)
    places = [*(store.folder for store in folders), project.aside, project.uploads]
    return sorted(
        str(path.relative_to(project.folder))
        for place in places
        for path in place.rglob("*")
        if path.is_file()
    )


@pytest.mark.slow
def test_an_import_killed_ten_times_ends_as_one_that_was_left_alone(tmp_path: Path) -> None:
    calm, job_id = asked_import(tmp_path / "calm")
    with worker_of(calm):
        wait_until(calm, job_id, float("inf"))
    assert state_of(calm, job_id) is JobState.DONE
    total = images_in(calm)

    project, job_id = asked_import(tmp_path / "killed")
    chance = np.random.default_rng(7)
    targets = sorted(chance.choice(np.arange(1, total - LEFT), KILLS, replace=False))
    for target in targets:
        with worker_of(project):
            wait_until(project, job_id, target)
            time.sleep(chance.random() / 20)
    assert state_of(project, job_id) is JobState.RUNNING
    with worker_of(project):
        wait_until(project, job_id, float("inf"))
    assert state_of(project, job_id) is JobState.DONE
    assert end_state(project) == end_state(calm)
    with project.reading() as session:
        assert files_in(project) == sorted(
            [
                "aside/lock",
                *(
                    f"images/{name[:2]}/{name}"
                    for name in session.scalars(select(Image.blob_sha256))
                ),
                *(
                    f"crops/{name[:2]}/{name}.png"
                    for name in set(session.scalars(select(Face.crop_sha256)))
                ),
                *(
                    f"views/{name[:2]}/{name}.jpg"
                    for name in set(session.scalars(select(Face.view_sha256)))
                ),
            ]
        )
