import os
import shutil
import signal
import time
from datetime import UTC, datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select

from curator.core.snapshots.recipe import PRESETS
from curator.steps.snapshots.freeze_snapshot import freeze
from curator.steps.snapshots.sweep_snapshots import announced, sweep_snapshots
from db.files.blobs import STAGED, written_whole
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project, open_project
from db.snapshot_folder.verify import damaged_files
from db.tables.snapshots import StoredSnapshot
from tests.forks import begin
from tests.makers import NOW, make_labelled_project

LABELS = [label for label in Expression for _ in range(15)]


def freeze_and_tell(folder: Path, name: str, told: Connection) -> None:
    """Freeze, and tell when it begins and when it is done."""
    project = open_project(folder)
    told.send("begun")
    with project.writing() as session:
        steps = freeze(project, session, name, PRESETS["even"], now=datetime.now(UTC))
        finished(committing(session, steps))
    told.send("frozen")


def begin_freeze(project: Project, name: str) -> tuple[ForkServerProcess, Connection]:
    """Start a process that freezes, and wait until it has begun."""
    heard, told = Pipe(duplex=False)
    process = begin(freeze_and_tell, project.folder, name, told)
    assert heard.recv() == "begun"
    return process, heard


def swept(project: Project) -> int:
    with project.writing() as session:
        return sweep_snapshots(project, session)


def folders(project: Project) -> set[str]:
    return {path.name for path in project.snapshots.glob("*@*")}


def stored(project: Project) -> set[str]:
    with project.reading() as session:
        return {Path(folder).name for folder in session.scalars(select(StoredSnapshot.folder))}


@pytest.mark.slow
def test_a_freeze_killed_at_any_moment_leaves_a_whole_snapshot_or_none(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    whole, heard = begin_freeze(project, "whole")
    began = time.monotonic()
    assert heard.recv() == "frozen"
    lasts = time.monotonic() - began
    whole.join()
    moments = np.random.default_rng(6).uniform(0, lasts, size=20)
    for number, moment in enumerate(moments):
        process, _ = begin_freeze(project, f"killed-{number}")
        time.sleep(moment)
        process.kill()
        process.join()
        swept(project)
        assert folders(project) == stored(project)
        assert [path.name for path in project.snapshots_aside.iterdir()] == ["lock"]
        for name in folders(project):
            assert damaged_files(project.snapshots / name) == []
    assert 1 <= len(folders(project)) < 21  # some of them died before they were whole


def test_a_snapshot_whose_row_was_never_stored_is_taken_back(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS[::10])
    with project.writing() as session:
        finished(freeze(project, session, "set", PRESETS["even"], now=NOW))
        session.rollback()  # the machine died before the row was committed
    assert folders(project) == {"set@1"}
    assert swept(project) == 1
    assert folders(project) == set()


def die_while_announcing(folder: Path) -> None:
    with written_whole(open_project(folder).snapshots_aside / "announced-set@1") as aside:
        aside.write_text("0" * 64)
        os.kill(os.getpid(), signal.SIGKILL)


def test_an_announcement_that_was_not_whole_yet_is_swept(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS[::10])
    process = begin(die_while_announcing, project.folder)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    (left,) = project.snapshots_aside.iterdir()
    assert left.name.startswith(STAGED)
    assert swept(project) == 0
    assert [path.name for path in project.snapshots_aside.iterdir()] == ["lock"]


def test_what_is_stored_or_was_brought_from_elsewhere_is_left_alone(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS[::10])
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["even"], now=NOW)
        finished(committing(session, steps))
    shutil.copytree(project.snapshots / "set@1", project.snapshots / "brought@1")
    lost = StoredSnapshot(folder="snapshots/brought@1", content_hash="0" * 64)
    with announced(project, lost):
        pass
    assert swept(project) == 0
    assert folders(project) == {"set@1", "brought@1"}
    assert [path.name for path in project.snapshots_aside.iterdir()] == ["lock"]
