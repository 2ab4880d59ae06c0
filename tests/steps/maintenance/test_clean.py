import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from curator.core.snapshots.recipe import PRESETS
from curator.steps.maintenance.clean import CleanReport, clean
from curator.steps.snapshots.freeze_snapshot import freeze
from db.files.blobs import write_whole
from db.files.staged_blobs import aside_folder, keep_aside, put_aside
from db.files.staged_folder import staged_folder
from db.jobs.progress import committing, finished
from db.jobs.queue import add_job
from db.labels import Expression
from db.project.project_folder import Project
from db.tables import Face
from tests.makers import NOW, make_labelled_project

TWO_DAYS_AGO = (NOW - timedelta(days=2)).timestamp()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Seven faces and a snapshot of them."""
    made = make_labelled_project(tmp_path / "project", list(Expression))
    with made.writing() as session:
        steps = freeze(made, session, "set", PRESETS["even"], now=NOW)
        finished(committing(session, steps))
    return made


def old_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"1234567")
    os.utime(path, (TWO_DAYS_AGO, TWO_DAYS_AGO))
    os.utime(path.parent, (TWO_DAYS_AGO, TWO_DAYS_AGO))
    return path


def leftover_upload(project: Project) -> Path:
    return old_file(project.uploads / "a-folder" / "photo.jpg")


def old_export(project: Project) -> Path:
    return old_file(project.exports / "set@1-csv.zip")


def half_export(project: Project) -> Path:
    return old_file(project.exports / "set@1-csv.zip.aside-0123456789ab" / "part.zip")


def half_file(project: Project) -> Path:
    return old_file(project.runs / "run-1" / ".aside-x.keras")


def half_import(project: Project) -> Path:
    return old_file(project.aside / "dead" / "lock")


def half_snapshot(project: Project) -> Path:
    return old_file(project.snapshots_aside / "dead" / "lock")


def old_queue(project: Project) -> Path:
    old_file(project.folder / "jobs" / "curator.lock")
    return old_file(project.folder / "jobs" / "curator.sqlite")


def unnamed_blob(project: Project) -> Path:
    return project.crops.path(project.crops.put(b"1234567"))


LEFTOVERS = [
    (leftover_upload, "old uploads"),
    (old_export, "old exports"),
    (half_export, "half-written"),
    (half_file, "half-written"),
    (half_import, "half-written"),
    (half_snapshot, "half-written"),
    (old_queue, "queues of an earlier version"),
    (unnamed_blob, "blobs that no row names"),
]


def cleaned(project: Project, *, dry_run: bool = False) -> CleanReport:
    return clean(project, now=NOW, dry_run=dry_run)


@pytest.mark.parametrize(("make", "kind"), LEFTOVERS)
def test_each_leftover_is_told_of_first_and_then_removed(
    project: Project, make: Callable[[Project], Path], kind: str
) -> None:
    path = make(project)
    told = cleaned(project, dry_run=True)
    assert [(room.kind, room.size_bytes, room.files) for room in told.removed] == [(kind, 7, 1)]
    assert path.is_file()
    assert cleaned(project) == told
    assert not path.exists()
    assert cleaned(project).removed == ()


def test_nothing_is_removed_that_cannot_be_made_anew(project: Project) -> None:
    for name in ("runs/run-1/model.keras", "models/standard/card.json", "biometrics.sqlite"):
        old_file(project.folder / name)
    old_file(project.snapshots / "brought@1" / "snapshot.json")
    kept = [path for path in project.folder.glob("[!.]*/[!.]*/**/*") if path.is_file()]
    assert len(kept) == 7 * 3 + 13 + 3
    assert cleaned(project).removed == ()
    assert [path for path in kept if not path.is_file()] == []
    assert (project.folder / "biometrics.sqlite").is_file()


def test_the_blobs_of_an_import_at_work_survive(project: Project) -> None:
    with aside_folder(project.aside) as aside:
        blob = put_aside(aside, project.crops, b"on its way")
        keep_aside(aside, [blob])
        report = cleaned(project)
        assert blob.kept.is_file()
        assert report.removed == ()
        assert "Images are being looked at" in report.left_alone[0]
        with project.writing() as session:
            session.get_one(Face, 1).crop_sha256 = blob.sha256
            session.commit()
    report = cleaned(project)
    assert blob.kept.is_file()
    assert report.left_alone == ()
    assert [(room.kind, room.files) for room in report.removed] == [("blobs that no row names", 1)]


def test_what_a_job_needs_stays(project: Project) -> None:
    upload = leftover_upload(project)
    with project.writing() as session:
        add_job(session, "import", {"origin": "uploads/a-folder"}, by=None, now=NOW)
        session.commit()
    assert cleaned(project).removed == ()
    assert upload.is_file()


def test_what_is_new_stays(project: Project) -> None:
    now = time.time()
    for path in (leftover_upload(project), old_export(project), half_file(project)):
        os.utime(path, (now, now))
        os.utime(path.parent, (now, now))
    assert cleaned(project).removed == ()


def test_an_export_at_work_stays(project: Project) -> None:
    place = project.exports / "set@1-csv.zip"
    with staged_folder(place) as folder:
        write_whole(folder / "part.zip", b"1234567")
        assert cleaned(project).removed == ()
        assert (folder / "part.zip").is_file()
