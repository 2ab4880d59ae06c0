"""Backing up, restoring, making room and comparing by commands."""

from pathlib import Path

import pytest

from curator.core.snapshots.recipe import PRESETS
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from tests.commands import run_command, run_json
from tests.makers import NOW, annotate, make_labelled_project

pytestmark = pytest.mark.slow

LABELS = [label for label in Expression for _ in range(3)]


def freeze_all(project: Project) -> None:
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["paper-9k"], now=NOW)
        finished(committing(session, steps))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Three faces a label; between set@1 and set@2 face 1, angry, becomes sad."""
    made = make_labelled_project(tmp_path / "project", LABELS)
    freeze_all(made)
    with made.writing() as session:
        annotate(session, 1, {1: Expression.SAD, 2: Expression.SAD})
        session.commit()
    freeze_all(made)
    return made


@pytest.mark.parametrize("command", ["backup", "restore", "clean", "compare", "status"])
def test_every_command_explains_itself(command: str) -> None:
    ran = run_command(command, "--help")
    assert (ran.returncode, "Usage" in ran.stdout) == (0, True)


def test_a_project_is_backed_up_and_restored_elsewhere(project: Project, tmp_path: Path) -> None:
    file, new = str(tmp_path / "backup.tar"), str(tmp_path / "new")
    made = run_json("backup", file, "-p", str(project.folder))
    assert (made["files"]["images"], made["missing"], made["damaged"]) == (21, [], [])
    again = run_json("restore", file, "-p", new)
    assert again["files"] == sum(made["files"].values()) + 1
    old = run_json("status", "-p", str(project.folder))
    restored = run_json("status", "-p", new)
    assert restored["annotations"] == old["annotations"] == 44
    assert run_command("verify", "set@2", "-p", new).returncode == 0
    refused = run_command("restore", file, "-p", new)
    assert (refused.returncode, "is not empty" in " ".join(refused.stderr.split())) == (1, True)


def test_a_backup_that_is_not_whole_says_so_and_ends_in_1(project: Project, tmp_path: Path) -> None:
    next(project.crops.folder.rglob("*.png")).unlink()
    ran = run_command("backup", str(tmp_path / "backup.tar"), "-p", str(project.folder))
    assert ran.returncode == 1
    assert "is missing in the project, and so in the backup." in ran.stderr
    assert (tmp_path / "backup.tar").is_file()


def test_what_takes_room_is_told_and_leftovers_go(project: Project) -> None:
    named = ("-p", str(project.folder))
    project.views.put(b"of nobody")
    rooms = {room["kind"]: room for room in run_json("status", *named)["disk"]}
    assert rooms["views"]["files"] == 21
    assert rooms["blobs that no row names"]["size_bytes"] == 9
    told = run_command("clean", "--dry-run", *named)
    assert told.stdout == "Would remove 9 B:\n  blobs that no row names: 9 B in 1 files\n"
    assert run_json("clean", *named)["size_bytes"] == 9
    assert run_command("clean", *named).stdout == "There is nothing to remove.\n"
    assert "on disk" in run_command("status", *named).stdout


def test_two_snapshots_are_compared_in_a_table_and_as_json(project: Project) -> None:
    named = ("-p", str(project.folder))
    found = run_json("compare", "set@1", "set@2", *named)
    assert (found["old"], found["new"], found["stayed"]) == ("set@1", "set@2", 21)
    assert found["relabelled"][0]["new_label"] == "sad"
    shown = run_command("compare", "set@1", "set@2", *named).stdout
    assert "1 relabelled" in shown
    assert "votes angry 2 → sad 2" in shown
    folders = [str(project.snapshots / f"set@{version}") for version in (1, 2)]
    without = run_json("compare", *folders, "-p", "nowhere")
    assert without["relabelled"] == found["relabelled"]
    missing = run_command("compare", "set@1", "set@9", *named)
    assert (missing.returncode, "There is no snapshot 'set@9'" in missing.stderr) == (1, True)
