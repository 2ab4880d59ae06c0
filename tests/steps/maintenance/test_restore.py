import io
import shutil
import sqlite3
import tarfile
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from curator.core.snapshots.recipe import PRESETS
from curator.errors import CuratorError
from curator.steps.labelling.annotate import store_annotations
from curator.steps.labelling.annotation_event import AnnotationEvent
from curator.steps.maintenance.backup import back_up
from curator.steps.maintenance.backup_format import HEAD, TarWriter
from curator.steps.maintenance.restore import RestoreReport, restore
from curator.steps.snapshots.freeze_snapshot import freeze
from db.files.blobs import sha256_of
from db.jobs.progress import committing, finished
from db.jobs.queue import add_job
from db.labels import Expression
from db.migrations import newest_revision, stored_revision
from db.project.project_folder import DATABASE_NAME, Project, ProjectError, open_project
from db.snapshot_folder.verify import damaged_files
from db.tables import Annotation, Change, Face, Image, Job, JobLine, JobState, SignIn
from tests.makers import NOW, make_labelled_project

LATER = NOW + timedelta(days=1)
LABELS = [label for label in Expression for _ in range(2)]
BLOCK = 512
OLD_PROJECTS = sorted((Path(__file__).parents[2] / "db" / "old_projects").glob("*.sql"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Fourteen faces and a snapshot of them."""
    made = make_labelled_project(tmp_path / "project", LABELS)
    with made.writing() as session:
        steps = freeze(made, session, "set", PRESETS["even"], now=NOW)
        finished(committing(session, steps))
    return made


@pytest.fixture
def backup(project: Project, tmp_path: Path) -> Path:
    finished(back_up(project, tmp_path / "backup.tar", now=NOW))
    return tmp_path / "backup.tar"


def restored(backup: Path, folder: Path) -> RestoreReport:
    return finished(restore(backup, folder, now=LATER))


def offset_of(backup: Path, ending: str) -> int:
    """Say where the header of the first file stands whose name ends so."""
    with tarfile.open(backup) as archive:
        return next(m.offset for m in archive if m.name.endswith(ending))


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def test_a_project_comes_back_as_it_was_wherever_it_is_put(
    project: Project, backup: Path, tmp_path: Path
) -> None:
    report = restored(backup, tmp_path / "else" / "where")
    assert (report.made_at, report.left_out, report.ended_jobs) == (NOW.isoformat(), (), 0)
    again = open_project(tmp_path / "else" / "where")
    with project.reading() as old, again.reading() as new:
        for table in (Annotation, Face, Image):
            assert new.query(table).count() == old.query(table).count() > 0
        for face in new.query(Face).all():
            assert sha256_of(again.crops.read(face.crop_sha256)) == face.crop_sha256
            assert sha256_of(again.views.read(face.view_sha256)) == face.view_sha256
        for image in new.query(Image).all():
            assert sha256_of(again.images.read(image.blob_sha256)) == image.blob_sha256
    frozen = again.snapshots / "set@1"
    assert damaged_files(frozen) == []
    assert (frozen / "snapshot.json").stat().st_mode & 0o222 == 0
    names = {path.name for path in again.folder.iterdir()} - {"project.sqlite-wal"}
    assert names - {"project.sqlite-shm"} == {
        *("project.sqlite", "images", "crops", "views", "snapshots"),
    }


def test_nothing_but_the_project_is_left_beside_it(backup: Path, tmp_path: Path) -> None:
    restored(backup, tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"project", "backup.tar", "new"}


def test_an_empty_folder_is_filled_and_any_other_is_left_alone(
    backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    restored(backup, tmp_path / "empty")
    assert (tmp_path / "empty" / DATABASE_NAME).is_file()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "dear").write_text("dear")
    with pytest.raises(CuratorError, match="full is not empty"):
        restored(backup, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["dear"]


def test_jobs_that_were_at_work_are_ended_and_the_restoring_is_noted(
    project: Project, tmp_path: Path
) -> None:
    with project.writing() as session:
        add_job(session, "import", {"origin": "uploads/gone"}, by=None, now=NOW)
        session.commit()
    finished(back_up(project, tmp_path / "backup.tar", now=NOW))
    assert restored(tmp_path / "backup.tar", tmp_path / "new").ended_jobs == 1
    with open_project(tmp_path / "new").reading() as session:
        (job,) = session.query(Job).all()
        assert (job.state, "Start it again" in job.message) == (JobState.FAILED, True)
        line = session.query(Change).order_by(Change.id.desc()).first()
        assert line is not None
        assert (line.what, line.details) == ("restored from a backup", {"made_at": NOW.isoformat()})
        assert session.query(SignIn).count() == 0


def damaged_crop(backup: Path) -> str:
    flip(backup, offset_of(backup, ".png") + BLOCK + 40)
    return r"crops/\S+\.png is damaged"


def damaged_header(backup: Path) -> str:
    flip(backup, offset_of(backup, ".jpg") + 3)
    return r"views/\S+\.jpg is missing"


def damaged_database(backup: Path) -> str:
    flip(backup, offset_of(backup, DATABASE_NAME) + BLOCK + 5000)
    return r"project\.sqlite is damaged"


def damaged_index(backup: Path) -> str:
    flip(backup, offset_of(backup, "index.jsonl") + BLOCK + 200)
    return r"index\.jsonl is damaged|is damaged"


def cut_in_the_middle(backup: Path) -> str:
    content = backup.read_bytes()
    backup.write_bytes(content[: len(content) // 2])
    return "breaks off"


def cut_and_given_an_end(backup: Path) -> str:
    content = backup.read_bytes()[: offset_of(backup, "index.jsonl")]
    backup.write_bytes(content + b"\0" * 2 * BLOCK)
    return "breaks off"


def no_backup(backup: Path) -> str:
    backup.write_bytes(b"\x89PNG" * 1000)
    return "is no backup"


def of_a_later_format(backup: Path) -> str:
    content = backup.read_bytes().replace(b'"format": 1', b'"format": 9', 1)
    backup.write_bytes(content)
    return r"is a backup of format 9; this version reads 1\. Use fer-curator"


@pytest.mark.parametrize(
    "damage",
    [
        damaged_crop,
        damaged_header,
        damaged_database,
        damaged_index,
        cut_in_the_middle,
        cut_and_given_an_end,
        no_backup,
        of_a_later_format,
    ],
)
def test_what_is_not_as_it_was_written_is_named_and_nothing_is_restored(
    backup: Path, tmp_path: Path, damage: Callable[[Path], str]
) -> None:
    sentence = damage(backup)
    with pytest.raises(CuratorError, match=sentence):
        restored(backup, tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"project", "backup.tar"}


def test_what_is_damaged_can_be_left_out_where_the_database_is_whole(
    backup: Path, tmp_path: Path
) -> None:
    damaged_crop(backup)
    report = finished(restore(backup, tmp_path / "new", now=LATER, despite_damage=True))
    assert len(report.left_out) == 1
    assert (tmp_path / "new" / DATABASE_NAME).is_file()
    damaged_database(backup)
    with pytest.raises(CuratorError, match=r"project\.sqlite is damaged"):
        finished(restore(backup, tmp_path / "other", now=LATER, despite_damage=True))


@pytest.mark.parametrize("name", ["../evil", "/evil", "crops/../../evil", "biometrics.sqlite"])
def test_a_name_that_leads_elsewhere_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(backup, "a") as archive:
        archive.addfile(tarfile.TarInfo(name))
    with pytest.raises(CuratorError, match="no backup of ours"):
        restored(backup, tmp_path / "new")
    assert {path.name for path in tmp_path.iterdir()} == {"project", "backup.tar"}


def test_a_link_is_refused_and_so_is_a_file_that_the_index_does_not_name(
    backup: Path, tmp_path: Path
) -> None:
    with tarfile.open(backup, "a") as archive:
        archive.addfile(tarfile.TarInfo("crops/ab/strange.png"))
    with pytest.raises(CuratorError, match=r"crops/ab/strange\.png is not in index\.jsonl"):
        restored(backup, tmp_path / "new")
    link = tarfile.TarInfo("crops/link")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(backup, "a") as archive:
        archive.addfile(link)
    with pytest.raises(CuratorError, match="no backup of ours"):
        restored(backup, tmp_path / "new")


def test_a_backup_of_a_newer_version_is_not_restored(project: Project, tmp_path: Path) -> None:
    with sqlite3.connect(project.database) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    finished(back_up(project, tmp_path / "backup.tar", now=NOW))
    with pytest.raises(ProjectError, match="newer version"):
        restored(tmp_path / "backup.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("dump", OLD_PROJECTS, ids=lambda dump: dump.stem)
def test_a_backup_of_every_earlier_version_is_brought_up(dump: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.sqlite") as database:
        database.executescript(dump.read_text())
    database.close()
    head = b'{"format": 1, "made_at": "2026-01-01T00:00:00+00:00", "tool_version": "0.0.1"}'
    content = (tmp_path / "old.sqlite").read_bytes()
    with (tmp_path / "old.tar").open("wb") as out, (tmp_path / "index").open("w+b") as index:
        writer = TarWriter(out, index)
        writer.add(HEAD, io.BytesIO(head), size_bytes=len(head))
        writer.add(DATABASE_NAME, io.BytesIO(content), size_bytes=len(content))
        writer.finish()
    restored(tmp_path / "old.tar", tmp_path / "new")
    again = open_project(tmp_path / "new")
    assert stored_revision(again.engine) == newest_revision()
    with again.reading() as session:
        assert session.query(Annotation).count() == 3


def test_what_is_stopped_in_the_middle_leaves_nothing(project: Project, tmp_path: Path) -> None:
    steps = back_up(project, tmp_path / "backup.tar", now=NOW)
    while next(steps).message != "Packing the rest":
        continue
    steps.close()
    assert {path.name for path in tmp_path.iterdir()} == {"project"}
    finished(back_up(project, tmp_path / "backup.tar", now=NOW))
    restoring = restore(tmp_path / "backup.tar", tmp_path / "new", now=LATER)
    next(restoring)
    restoring.close()
    assert {path.name for path in tmp_path.iterdir()} == {"project", "backup.tar"}


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match="No such file or directory"):
        restored(tmp_path / "backup.tar", tmp_path / "new")


def label_until(
    project: Project, annotator_id: int, ended: threading.Event, acknowledged: list[str]
) -> None:
    """Label face after face as the app does, and keep what was acknowledged."""
    number = annotator_id
    while not ended.is_set():
        number += 1
        label = list(Expression)[number % 7]
        event = AnnotationEvent(str(uuid.uuid4()), number % 14 + 1, label, None, NOW)
        with project.writing() as session:
            kept = store_annotations(session, annotator_id, [event], datetime.now(UTC)).kept
            session.commit()
        acknowledged += kept


@pytest.mark.slow
def test_all_that_was_acknowledged_before_a_backup_under_load_survives_the_wipe(
    project: Project, tmp_path: Path
) -> None:
    with project.writing() as session:  # 20 MB, so that copying takes a while
        job_id = add_job(session, "import", {}, by=None, now=NOW)
        session.add_all(
            JobLine(job_id=job_id, written_at=NOW, text="x" * 10_000) for _ in range(2000)
        )
        session.commit()
    ended, acknowledged = threading.Event(), list[str]()
    with ThreadPoolExecutor() as threads:
        writers = [
            threads.submit(label_until, project, annotator_id, ended, acknowledged)
            for annotator_id in (1, 2)
        ]
        while len(acknowledged) < 50:
            time.sleep(0.01)
        before = set(acknowledged)
        finished(back_up(project, tmp_path / "backup.tar", now=NOW))
        written_meanwhile = len(acknowledged) - len(before)
        ended.set()
        for writer in writers:
            writer.result()
    assert written_meanwhile > 0, "the backup held the annotators up"

    project.engine.dispose()
    shutil.rmtree(project.folder)
    restored(tmp_path / "backup.tar", project.folder)

    again = open_project(project.folder)
    with again.reading() as session:
        assert before <= set(session.scalars(select(Annotation.uuid)))
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        for face in session.scalars(select(Face)):
            assert sha256_of(again.crops.read(face.crop_sha256)) == face.crop_sha256
    assert damaged_files(again.snapshots / "set@1") == []
    with again.writing() as session:  # and labelling goes on
        event = AnnotationEvent(str(uuid.uuid4()), 1, Expression.SAD, None, NOW)
        assert store_annotations(session, 1, [event], LATER).kept == [event.uuid]
        session.commit()
