import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from curator.core.snapshots.recipe import PRESETS
from curator.errors import CuratorError
from curator.steps.maintenance.backup import BackupReport, back_up
from curator.steps.people.sessions import sign_in
from curator.steps.snapshots.freeze_snapshot import freeze
from db.files.blobs import sha256_of
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables import Change, Face
from tests.makers import NOW, make_labelled_project

ROOT = Path(__file__).parents[3]
LABELS = [label for label in Expression for _ in range(2)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Fourteen faces, a snapshot, a run and a model; beside them what no backup is to hold."""
    made = make_labelled_project(tmp_path / "project", LABELS)
    with made.writing() as session:
        steps = freeze(made, session, "set", PRESETS["even"], now=NOW)
        finished(committing(session, steps))
    for name in (
        *("runs/run-1/run.json", "models/standard/card.json", "snapshots/brought@1/snapshot.json"),
        *("biometrics.sqlite", "uploads/x/photo.jpg", "jobs/curator.sqlite"),
        *("runs/run-1/.aside-x.keras", "aside/old/blob", "exports/1.zip"),
    ):
        (made.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (made.folder / name).write_bytes(b"content of " + name.encode())
    return made


def backed_up(project: Project, file: Path) -> BackupReport:
    return finished(back_up(project, file, now=NOW))


def names_in(file: Path) -> set[str]:
    with tarfile.open(file) as archive:
        return set(archive.getnames())


def test_a_backup_holds_all_that_cannot_be_rebuilt_and_nothing_else(
    project: Project, tmp_path: Path
) -> None:
    report = backed_up(project, tmp_path / "to" / "backup.tar")
    names = names_in(tmp_path / "to" / "backup.tar")
    assert report.files == {
        "project.sqlite": 1,
        "images": 14,
        "crops": 14,
        "views": 14,
        "snapshots": 21,
        "runs": 1,
        "models": 1,
    }
    assert (report.erased, report.missing, report.damaged) == ((), (), ())
    assert report.size_bytes == (tmp_path / "to" / "backup.tar").stat().st_size
    assert {name.partition("/")[0] for name in names} == {
        *report.files,
        *("backup.json", "index.jsonl"),
    }
    assert "snapshots/brought@1/snapshot.json" in names
    assert not any(".aside" in name for name in names)


def test_the_index_names_each_file_with_its_bytes_and_hash(
    project: Project, tmp_path: Path
) -> None:
    backed_up(project, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar") as archive:
        members = archive.getmembers()
        contents = {m.name: archive.extractfile(m).read() for m in members}  # type: ignore[union-attr]
    *lines, last = [json.loads(line) for line in contents.pop("index.jsonl").splitlines()]
    assert lines == [
        {"name": name, "bytes": len(content), "sha256": sha256_of(content)}
        for name, content in contents.items()
    ]
    assert last["files"] == len(contents) == 67


def test_nobody_but_its_owner_can_read_a_backup(project: Project, tmp_path: Path) -> None:
    backed_up(project, tmp_path / "backup.tar")
    assert (tmp_path / "backup.tar").stat().st_mode & 0o777 == 0o600


def test_no_sign_in_leaves_the_project(project: Project, tmp_path: Path) -> None:
    with project.writing() as session:
        token = sign_in(session, 1, NOW)
        session.commit()
    backed_up(project, tmp_path / "backup.tar")
    with tarfile.open(tmp_path / "backup.tar") as archive:
        archive.extract("project.sqlite", tmp_path / "out", filter="data")
    copy = sqlite3.connect(tmp_path / "out" / "project.sqlite")
    assert copy.execute("SELECT count(*) FROM sign_ins").fetchone() == (0,)
    assert copy.execute("SELECT count(*) FROM annotations").fetchone() == (28,)
    copy.close()
    content = (tmp_path / "backup.tar").read_bytes()
    assert sha256_of(token.encode()).encode() not in content


def test_a_file_that_is_there_is_not_written_over(project: Project, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"dear")
    with pytest.raises(CuratorError, match="is there already"):
        backed_up(project, tmp_path / "photo.jpg")
    assert (tmp_path / "photo.jpg").read_bytes() == b"dear"


def test_what_is_missing_erased_or_damaged_is_told_apart(project: Project, tmp_path: Path) -> None:
    with project.reading() as session:
        missing, erased, damaged = (session.get_one(Face, n).crop_sha256 for n in (1, 2, 3))
    project.crops.path(missing).unlink()
    project.crops.path(damaged).write_bytes(b"damaged")
    project.crops.path(erased).unlink()

    steps = back_up(project, tmp_path / "backup.tar", now=NOW)
    while next(steps).message != "Packing pictures":
        continue
    with project.writing() as session:  # an erasure that began before and commits now
        session.execute(update(Face).where(Face.id == 2).values(crop_sha256=damaged))
        session.commit()
    report = finished(steps)
    assert report.missing == (f"crops/{missing[:2]}/{missing}.png",)
    assert report.erased == (f"crops/{erased[:2]}/{erased}.png",)
    assert report.damaged == (f"crops/{damaged[:2]}/{damaged}.png",)


def test_a_snapshot_that_is_gone_is_missing(project: Project, tmp_path: Path) -> None:
    shutil.rmtree(project.snapshots / "set@1")
    assert backed_up(project, tmp_path / "backup.tar").missing == ("snapshots/set@1",)


def test_it_stands_in_the_audit_trail(project: Project, tmp_path: Path) -> None:
    finished(back_up(project, tmp_path / "backup.tar", now=NOW + timedelta(hours=1)))
    with project.reading() as session:
        line = session.query(Change).order_by(Change.id.desc()).first()
    assert line is not None
    assert (line.what, line.details) == ("backed up", {"file": "backup.tar"})


def test_nothing_is_left_where_there_is_no_room(project: Project) -> None:
    with pytest.raises(CuratorError, match=r"cannot be written to /proc/backup\.tar"):
        backed_up(project, Path("/proc/backup.tar"))
    assert not list(Path("/proc").glob("backup*"))


KILLED = """
import os, signal, sys
from pathlib import Path
from curator.steps.maintenance.backup import back_up
from db.project.project_folder import open_project
from tests.makers import NOW
for progress in back_up(open_project(Path(sys.argv[1])), Path(sys.argv[2]), now=NOW):
    if progress.message == "Packing the rest":
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.slow
def test_a_backup_that_is_killed_leaves_no_file_and_the_next_one_sweeps(
    project: Project, tmp_path: Path
) -> None:
    file = tmp_path / "to" / "backup.tar"
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, str(project.folder), str(file)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL
    assert not file.exists()
    assert len(list(file.parent.iterdir())) == 1
    backed_up(project, file)
    assert list(file.parent.iterdir()) == [file]
