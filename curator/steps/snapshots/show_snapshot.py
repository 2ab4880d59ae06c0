"""Read what a frozen snapshot tells about itself, for a page."""

import re
from pathlib import Path

from db.project.project_folder import Project
from db.snapshot_folder.errors import SnapshotError
from db.snapshot_folder.verify import damaged_files
from db.tables.snapshots import StoredSnapshot

_PICTURE = re.compile(r"^!\[.*\]\(balance\.svg\)\n*", re.MULTILINE)
_SHA256 = re.compile(r"[0-9a-f]{64}")


def card_of(project: Project, snapshot: StoredSnapshot) -> str:
    """Return the data card as Markdown without its title and its picture.

    Raises:
        SnapshotError: The folder or its README is gone.
    """
    page = _file(project, snapshot, "README.md").read_text(encoding="utf-8")
    return _PICTURE.sub("", page.partition("\n")[2]).strip()


def picture_of(project: Project, snapshot: StoredSnapshot) -> str:
    """Return the picture of the balance as SVG; nothing for one of the first format.

    Raises:
        SnapshotError: The folder is gone.
    """
    path = _file(project, snapshot, "README.md").with_name("balance.svg")
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def problems_of(project: Project, snapshot: StoredSnapshot) -> list[str]:
    """Compare every byte with what was frozen; see `db.snapshot_folder.verify.damaged_files`."""
    folder = project.folder / snapshot.folder
    return damaged_files(folder) if folder.is_dir() else [f"{folder.name} is missing"]


def _file(project: Project, snapshot: StoredSnapshot, name: str) -> Path:
    path = project.folder / snapshot.folder / name
    if not path.is_file():
        raise SnapshotError(
            f"{snapshot.folder}/{name} is missing. Restore it from a backup: `curator restore`."
        )
    return path


def frozen_crop(project: Project, snapshot_id: int, sha256: str) -> bytes | None:
    """Read a crop of a snapshot, a PNG; None when there is no such snapshot or crop in it."""
    if not _SHA256.fullmatch(sha256):
        return None
    with project.reading() as session:
        stored = session.get(StoredSnapshot, snapshot_id)
    if stored is None:
        return None
    path = project.folder / stored.folder / "crops" / f"{sha256}.png"
    return path.read_bytes() if path.is_file() else None
