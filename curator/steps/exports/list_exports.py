"""The exports of a snapshot that jobs have made and that wait to be taken away."""

from dataclasses import dataclass
from pathlib import Path

from curator.errors import CuratorError
from db.project.project_folder import Project
from db.tables.snapshots import StoredSnapshot


@dataclass(frozen=True)
class MadeExport:
    """One file that waits.

    Attributes:
        name: Its name among the project's exports.
        size_bytes: How large it is.
    """

    name: str
    size_bytes: int


def list_exports(project: Project, snapshot: StoredSnapshot) -> list[MadeExport]:
    """Return the finished exports of a snapshot, the newest first."""
    files = list(project.exports.glob(f"{snapshot.title}-*.zip"))
    files.sort(key=lambda file: (file.stat().st_mtime, file.name), reverse=True)
    return [MadeExport(file.name, file.stat().st_size) for file in files]


def export_file(project: Project, name: str) -> Path:
    """Find a finished export by its name.

    Raises:
        CuratorError: There is none of this name.
    """
    for file in project.exports.glob("*.zip"):
        if file.name == name:  # so that no name leads out of the folder
            return file
    raise CuratorError(f"There is no export {name!r}. Have it made on the Snapshots page.")
