"""What takes room in a project folder."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from curator.steps.maintenance.referenced_blobs import blob_stores, unnamed_blobs
from db.project.biometrics import BIOMETRICS_NAME
from db.project.project_folder import DATABASE_NAME, Project


@dataclass(frozen=True)
class DiskUse:
    """What one kind of thing takes.

    Attributes:
        kind: What it is, for people.
        size_bytes: The sum of the sizes of its files.
        files: How many there are.
    """

    kind: str
    size_bytes: int
    files: int


def disk_use(project: Project, session: Session) -> list[DiskUse]:
    """Measure all that lies in a project folder, each file once, the largest kind first.

    Each snapshot is a kind of its own. Blobs that no row names are not counted among the
    pictures but for themselves: an import that was killed leaves some, and one at work has
    some for a moment.
    """
    unnamed = unnamed_blobs(project, session)
    kinds = {
        **{kind: _blobs(project, kind, unnamed[kind]) for kind in unnamed},
        "blobs that no row names": [path for paths in unnamed.values() for path in paths],
        "database": project.folder.glob(f"{DATABASE_NAME}*"),
        "embeddings": project.folder.glob(f"{BIOMETRICS_NAME}*"),
        **{f"snapshot {path.name}": files_in(path) for path in _snapshots(project)},
        "runs": files_in(project.runs),
        "models": files_in(project.models),
        "exports": files_in(project.exports),
        "uploads": files_in(project.uploads),
        "half-written": [*files_in(project.aside), *files_in(project.snapshots_aside)],
        "queues of jobs": files_in(project.folder / "jobs"),
    }
    measured = [measured_use(kind, files) for kind, files in kinds.items()]
    return sorted((room for room in measured if room.size_bytes), key=lambda room: -room.size_bytes)


def _blobs(project: Project, kind: str, without: list[Path]) -> Iterator[Path]:
    left_out = set(without)
    files = files_in(blob_stores(project)[kind].folder)
    return (path for path in files if path not in left_out)


def _snapshots(project: Project) -> list[Path]:
    return sorted(path for path in project.snapshots.glob("[!.]*") if path.is_dir())


def files_in(path: Path) -> Iterator[Path]:
    """Yield the file of a path, or all files below it; nothing where there is nothing."""
    if path.is_file():
        yield path
    for folder, _, names in os.walk(path):
        yield from (Path(folder, name) for name in names)


def measured_use(kind: str, files: Iterable[Path]) -> DiskUse:
    """Sum the sizes of files; one that goes meanwhile counts nothing."""
    sizes = [size for size in map(_size_bytes, files) if size is not None]
    return DiskUse(kind, sum(sizes), len(sizes))


def _size_bytes(path: Path) -> int | None:
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return None


def size_in_words(size_bytes: int) -> str:
    """Say a size as people read it.

    Example:
        >>> size_in_words(999), size_in_words(1_500), size_in_words(2_340_000_000)
        ('999 B', '1.5 kB', '2.3 GB')
    """
    size, unit = float(size_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
