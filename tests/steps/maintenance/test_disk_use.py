from pathlib import Path

from curator.core.snapshots.recipe import PRESETS
from curator.steps.maintenance.disk_use import DiskUse, disk_use
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from tests.makers import NOW, make_empty_project, make_labelled_project


def room_by_kind(project: Project) -> dict[str, DiskUse]:
    with project.reading() as session:
        return {room.kind: room for room in disk_use(project, session)}


def test_an_empty_project_is_its_database(tmp_path: Path) -> None:
    assert list(room_by_kind(make_empty_project(tmp_path))) == ["database"]


def test_every_file_is_counted_once_under_its_kind(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", list(Expression))
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["even"], now=NOW)
        finished(committing(session, steps))
    for name in ("runs/1/run.json", "models/standard/card.json", "uploads/x.zip", "exports/1.zip"):
        path = project.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"1234567")
    project.crops.put(b"a crop that nobody names")
    rooms = room_by_kind(project)
    files = {kind: room.files for kind, room in rooms.items()}
    assert {kind: files[kind] for kind in ("images", "crops", "views", "snapshot set@1")} == {
        "images": 7,
        "crops": 7,
        "views": 7,
        "snapshot set@1": len([p for p in project.snapshots.rglob("set@1/**/*") if p.is_file()]),
    }
    assert rooms["blobs that no row names"] == DiskUse("blobs that no row names", 24, 1)
    for kind in ("runs", "models", "uploads", "exports"):
        assert rooms[kind] == DiskUse(kind, 7, 1)
    on_disk = [path.stat().st_size for path in project.folder.rglob("*") if path.is_file()]
    assert sum(room.size_bytes for room in rooms.values()) == sum(on_disk)
    assert sum(files.values()) in {len(on_disk), len(on_disk) - 1}, "an empty lock may be left out"


def test_the_largest_comes_first(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", list(Expression))
    with project.reading() as session:
        sizes = [room.size_bytes for room in disk_use(project, session)]
    assert sizes == sorted(sizes, reverse=True)
