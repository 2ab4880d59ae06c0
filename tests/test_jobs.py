import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from curator.core.snapshots.recipe import PRESETS
from curator.errors import CuratorError
from curator.jobs import JOBS
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.run_import import run_import
from curator.steps.importing.uploads import keep_uploads
from db.jobs.queue import TRAINER_KINDS, WorkerName, worker_of
from db.labels import Expression
from db.project.project_folder import make_project
from db.tables.images import Image
from db.tables.jobs import JobState
from tests.jobs import done
from tests.makers import make_labelled_project

PHOTOS = Path(__file__).parents[1] / "sample_data" / "photos"


@dataclass(frozen=True)
class Sent:
    """A file as a browser sends it."""

    name: str
    content: bytes = b""

    def getvalue(self) -> bytes:
        return self.content


@pytest.mark.slow
def test_what_a_browser_sent_is_taken_in_and_then_removed(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    photos = [
        Sent(name, (PHOTOS / name).read_bytes())
        for name in ("portrait_0001.jpg", "broken_0002.jpg")
    ]
    label_file = Sent("labels.csv", b"image,label,subject\nportrait_0001.jpg,joy,eva\n")
    origin, label_files = keep_uploads(project, photos, [label_file])
    arguments = {"origin": origin, "legends": label_files, "source": "web", "terms": "CC0-1.0"}
    job = done(project, "import", arguments | {"subject_pattern": "", "detector": "haar"})
    assert (job.state, job.message) == (JobState.DONE, "")
    assert job.result is not None
    assert (job.result["imported"], job.result["labels_placed"]) == (1, 1)
    assert list(project.uploads.iterdir()) == []


def test_duplicates_and_a_freeze_report_what_they_did(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", list(Expression) * 2)
    found = done(project, "duplicates", {"distance": 4})
    assert found.result == {
        "faces": 14,
        "new": 14,
        "groups": 0,
        "duplicates": 0,
        "exact": 0,
        "compared": 4,
        "refused": 4,
    }
    arguments = {"name": "set", "recipe": PRESETS["even"].as_json()}
    frozen = done(project, "freeze", arguments)
    assert frozen.result is not None
    assert (frozen.result["title"], frozen.result["faces"]) == ("set@1", 14)


@pytest.mark.parametrize(
    ("kind", "arguments", "doing"),
    [
        ("duplicates", {"distance": 4}, "Looking at faces"),
        ("freeze", {"name": "set", "recipe": PRESETS["even"].as_json()}, "Writing crops"),
    ],
)
def test_a_job_tells_of_each_face_that_is_done(
    tmp_path: Path, kind: str, arguments: dict[str, Any], doing: str
) -> None:
    project = make_labelled_project(tmp_path / "project", list(Expression) * 2)
    told = [progress for progress in JOBS[kind](project, arguments) if progress.message == doing]
    assert [progress.done for progress in told if progress.done] == list(range(1, 15))
    assert {progress.total for progress in told} == {14}


def test_an_import_tells_of_each_image_and_is_committed_in_batches(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(1, 18):
        shutil.copy(PHOTOS / f"portrait_{number:04}.jpg", photos)
    told = []
    for progress in run_import(project, photos, SourceChoice("set"), detector="haar"):
        with project.reading() as session:
            told.append((progress.done, session.scalar(select(func.count()).select_from(Image))))
    one_batch = [*((done, 0) for done in range(16)), (16, 16)]
    assert told == [*one_batch, (17, 17)]


def test_a_job_that_cannot_be_done_fails_with_its_sentence(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    job = done(project, "freeze", {"name": "set", "recipe": PRESETS["even"].as_json()})
    assert job.state is JobState.FAILED
    assert job.message.startswith("The recipe chooses no face")


def test_every_kind_of_job_has_one_worker_that_does_it() -> None:
    assert all(worker_of(kind) is WorkerName.CURATOR for kind in JOBS)
    assert all(worker_of(kind) is WorkerName.TRAINER for kind in TRAINER_KINDS)


@pytest.mark.parametrize("names", [[], ["a.zip", "b.jpg"], ["a.zip", "b.zip"]])
def test_one_zip_or_photos_are_taken_and_nothing_else(names: list[str], tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with pytest.raises(CuratorError, match="Choose one zip or tar, or any number of photos"):
        keep_uploads(project, [Sent(name) for name in names], [])


def test_a_name_with_folders_in_it_stays_in_the_upload_s_folder(tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    origin, _ = keep_uploads(project, [Sent("../../up.jpg"), Sent("..\\..\\down.jpg")], [])
    kept = {path.name for path in (project.folder / origin).iterdir()}
    assert kept == {"up.jpg", "down.jpg"}
