"""Remove what is left over or can be rebuilt, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curator.steps.importing.uploads import KEPT, old_uploads, remove
from curator.steps.maintenance.disk_use import DiskUse, files_in, measured_use
from curator.steps.maintenance.referenced_blobs import unnamed_blobs
from curator.steps.snapshots.sweep_snapshots import sweep_snapshots
from db.files.blobs import LEFTOVER_AGE, STAGED, leftovers, touched_at
from db.files.staged_blobs import blobs_at_rest, dead_aside, sweep_aside
from db.files.staged_folder import is_dead, remove_dead
from db.project.project_folder import Project


@dataclass(frozen=True)
class CleanReport:
    """What was removed, or would be.

    Attributes:
        removed: By kind, those of which there was something.
        left_alone: Why something was not touched, in sentences.
    """

    removed: tuple[DiskUse, ...]
    left_alone: tuple[str, ...]

    @property
    def size_bytes(self) -> int:
        """How much room there is now, or would be."""
        return sum(room.size_bytes for room in self.removed)


def clean(project: Project, *, now: datetime, dry_run: bool = False) -> CleanReport:
    """Remove leftovers of processes that died, old uploads and exports, and unnamed blobs.

    Views, snapshots, runs and models stay: nothing makes them anew. Whoever is at work is
    not disturbed: what dead processes left is told by their locks, and blobs are looked at
    only while nobody is about to name one.

    Args:
        project: The project.
        now: Tells how old things are.
        dry_run: Only say what would go.
    """
    removed = [
        _half_written(project, now, dry_run=dry_run),
        _cleared("old uploads", old_uploads(project, now), dry_run=dry_run),
        _cleared("old exports", _old_exports(project, now), dry_run=dry_run),
        _cleared("queues of an earlier version", _old_queues(project), dry_run=dry_run),
    ]
    left_alone: list[str] = []
    with blobs_at_rest(project.aside) as at_rest:
        if at_rest:
            removed.append(_unnamed(project, dry_run=dry_run))
        else:
            left_alone.append(
                "Images are being looked at, so blobs that no row names were left alone. "
                "Clean again when that has ended."
            )
    return CleanReport(tuple(room for room in removed if room.files), tuple(left_alone))


def _cleared(kind: str, paths: Sequence[Path], *, dry_run: bool) -> DiskUse:
    room = measured_use(kind, (file for path in paths for file in files_in(path)))
    if not dry_run:
        for path in paths:
            remove(path)
    return room


def _half_written(project: Project, now: datetime, *, dry_run: bool) -> DiskUse:
    folders = [*dead_aside(project.aside), *dead_aside(project.snapshots_aside)]
    beside = [path for path in project.exports.glob(f"*{STAGED}-*") if is_dead(path)]
    files = leftovers(project.folder, before=now - LEFTOVER_AGE)
    paths = [*folders, *beside, *files]
    room = measured_use("half-written", (file for path in paths for file in files_in(path)))
    if not dry_run:
        _sweep(project, beside, files)
    return room


def _sweep(project: Project, beside: Sequence[Path], files: Sequence[Path]) -> None:
    sweep_aside(project.aside)
    with project.writing() as session:
        session.connection()
        sweep_snapshots(project, session)
    remove_dead(beside)
    for path in files:
        path.unlink(missing_ok=True)


def _old_exports(project: Project, now: datetime) -> list[Path]:
    """List exports that have lain a day: snapshots do not change, so they can be made anew."""
    files = (path for path in project.exports.glob("*") if path.is_file())
    return [path for path in files if touched_at(path) < now - KEPT]


def _old_queues(project: Project) -> list[Path]:
    """List the queues that workers had in files of their own; now it lies in the database."""
    return sorted((project.folder / "jobs").glob("*.sqlite*"))


def _unnamed(project: Project, *, dry_run: bool) -> DiskUse:
    with project.reading() as session:
        unnamed = unnamed_blobs(project, session)
    paths = [path for kind in unnamed.values() for path in kind]
    return _cleared("blobs that no row names", paths, dry_run=dry_run)
