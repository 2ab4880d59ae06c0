"""Find a snapshot by what people call it."""

from pathlib import Path

from curator.errors import CuratorError
from db.snapshot_folder.manifest import Snapshot, read_snapshot


def find_snapshot(name: str, project_folder: Path) -> Snapshot:
    """Read the snapshot of a name.

    Args:
        name: A snapshot's folder, or NAME@VERSION of the project.

    Raises:
        CuratorError: There is none; the message lists those there are.
        SnapshotError: It has been damaged.
    """
    return read_snapshot(snapshot_folder(name, project_folder))


def snapshot_folder(name: str, project_folder: Path) -> Path:
    """Find the folder of a snapshot without reading it, as `find_snapshot` does.

    Raises:
        CuratorError: There is none; the message lists those there are.
    """
    snapshots = project_folder / "snapshots"
    for folder in (Path(name), snapshots / name):
        if (folder / "snapshot.json").is_file():
            return folder
    there = sorted(path.parent.name for path in snapshots.glob("*/snapshot.json"))
    raise CuratorError(
        f"There is no snapshot {name!r}. "
        f"There are: {', '.join(there) or 'none yet; make one with `curator freeze`'}"
    )
