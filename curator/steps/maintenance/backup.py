"""Write a whole project into one file while people go on labelling."""

import io
import json
import os
import sqlite3
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.maintenance.backup_format import BACKUP_FORMAT, HEAD, TarWriter
from curator.steps.maintenance.referenced_blobs import blob_stores, named_blobs
from curator.steps.snapshots.sweep_snapshots import sweep_snapshots
from db.files.blobs import STAGED, sync
from db.files.staged_folder import staged_folder
from db.jobs.progress import Progress, Steps
from db.project.project_folder import DATABASE_NAME, Project
from db.tables.audit import note

_OWNER_ALONE = 0o600


@dataclass(frozen=True)
class BackupReport:
    """What a backup holds.

    Attributes:
        file: Where it lies.
        size_bytes: How large it is.
        files: How many files it holds, by kind.
        erased: Blobs that were erased while it was made, and are not in it.
        missing: Files that the project should have and has not.
        damaged: Files whose bytes are not those that were stored; they are in it as they are.
    """

    file: str
    size_bytes: int
    files: dict[str, int]
    erased: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Wanted:
    """A file to back up: its name in the project, and its hash where the name tells it."""

    path: Path
    name: str
    sha256: str | None = None

    @property
    def kind(self) -> str:
        return self.name.partition("/")[0]


def back_up(project: Project, file: Path, *, now: datetime) -> Steps[BackupReport]:
    """Write the database, the blobs it names, snapshots, runs and models into one file.

    The database is copied as it stands at one moment, and no writer waits for it. A blob
    is there before the first row that names it, so that all which the copy names can be read
    afterwards. Sign-ins stay behind: else whoever has signed out since would be in again.

    Raises:
        CuratorError: The file is there already, or there is no room for it.
    """
    if file.exists():
        raise CuratorError(f"{file} is there already. Name a new file.")
    try:
        return (yield from _written(project, file, now))
    except (OSError, sqlite3.Error) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise CuratorError(
            f"The backup cannot be written to {file}: {why}. Make room there, or name a place on "
            "another disk."
        ) from error


def _written(project: Project, file: Path, now: datetime) -> Steps[BackupReport]:
    yield Progress(0, 0, "Copying the database")
    with staged_folder(file) as aside:
        folders = _snapshot_folders(project)
        copy, whole = aside / DATABASE_NAME, aside / "backup.tar"
        _copy_database(project.database, copy)
        whole.touch(mode=_OWNER_ALONE)
        with whole.open("wb") as out, (aside / "index").open("w+b") as index:
            packing = _Packing(TarWriter(out, index))
            packing.add_head(now)
            packing.add(_Wanted(copy, DATABASE_NAME))
            with closing(sqlite3.connect(copy)) as rows:
                (blobs,) = rows.execute(_BLOB_COUNT).fetchone()
                yield from packing.add_all(_blobs(project, rows), blobs, "Packing pictures")
                named = {project.folder / row[0] for row in rows.execute(_SNAPSHOTS)}
            yield from packing.add_all(_trees(project, folders | named), 0, "Packing the rest")
            packing.writer.finish()
        sync(whole)
        whole.rename(file)
    sync(file.parent)
    with project.writing() as session:
        note(session, "backed up", {"file": file.name}, None, now)
        session.commit()
        return packing.report(session, file)


_SNAPSHOTS = "SELECT folder FROM snapshots"
_BLOBS = {
    "images": "SELECT DISTINCT coalesce(stored_sha256, sha256) FROM images",
    "crops": "SELECT DISTINCT crop_sha256 FROM faces",
    "views": "SELECT DISTINCT view_sha256 FROM faces",
}
_BLOB_COUNT = """SELECT (SELECT count(DISTINCT coalesce(stored_sha256, sha256)) FROM images)
    + count(DISTINCT crop_sha256) + count(DISTINCT view_sha256) FROM faces"""


class _Packing:
    """A backup on its way, and what was found while it was written."""

    def __init__(self, writer: TarWriter) -> None:
        self.writer = writer
        self._files: Counter[str] = Counter()
        self._missing: list[_Wanted] = []
        self._damaged: list[str] = []

    def add_head(self, now: datetime) -> None:
        """Say what the file is, first of all."""
        about = {
            "format": BACKUP_FORMAT,
            "made_at": now.isoformat(),
            "tool_version": version("fer-curator"),
        }
        content = json.dumps(about, indent=2).encode("utf-8")
        self.writer.add(HEAD, io.BytesIO(content), size_bytes=len(content))

    def add_all(self, files: Iterator[_Wanted], total: int, doing: str) -> Steps[None]:
        """Add files one by one."""
        for done, wanted in enumerate(files):
            yield Progress(done, total, doing)
            self.add(wanted)

    def add(self, wanted: _Wanted) -> None:
        """Add one file as it is, or note that it is missing."""
        try:
            with wanted.path.open("rb") as file:
                told = os.fstat(file.fileno())
                size_bytes, mode = told.st_size, stat.S_IMODE(told.st_mode)
                found = self.writer.add(wanted.name, file, size_bytes=size_bytes, mode=mode)
        except (FileNotFoundError, EOFError):
            self._missing.append(wanted)
            return
        self._files[wanted.kind] += 1
        if wanted.sha256 not in {None, found}:
            self._damaged.append(wanted.name)

    def report(self, session: Session, file: Path) -> BackupReport:
        """Say what came of it; what no row names any more was erased meanwhile."""
        named = named_blobs(session) if self._missing else {}
        gone = [one.name for one in self._missing if not _is_named(one, named)]
        return BackupReport(
            file=str(file),
            size_bytes=file.stat().st_size,
            files=dict(self._files),
            erased=tuple(gone),
            missing=tuple(one.name for one in self._missing if one.name not in set(gone)),
            damaged=tuple(self._damaged),
        )


def _is_named(wanted: _Wanted, named: dict[str, set[str]]) -> bool:
    return wanted.sha256 is None or wanted.sha256 in named[wanted.kind]


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as database,
        closing(sqlite3.connect(target, isolation_level=None)) as copy,
    ):
        # One reading transaction from the first page to the last. It holds up no writer, and
        # without it SQLite would begin anew whenever one has written.
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        database.backup(copy, pages=1000)
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("DELETE FROM sign_ins")


def _snapshot_folders(project: Project) -> set[Path]:
    """List the snapshots, those among them that were brought from elsewhere and have no row.

    Under the write lock no freeze is between its folder and its row.
    """
    with project.writing() as session:
        session.connection()
        sweep_snapshots(project, session)
        return {path.parent for path in project.snapshots.glob("*/snapshot.json")}


def _blobs(project: Project, rows: sqlite3.Connection) -> Iterator[_Wanted]:
    for kind, store in blob_stores(project).items():
        for (sha256,) in rows.execute(_BLOBS[kind]):
            path = store.path(sha256)
            yield _Wanted(path, path.relative_to(project.folder).as_posix(), sha256)


def _trees(project: Project, snapshots: set[Path]) -> Iterator[_Wanted]:
    for folder in sorted(snapshots):
        if not folder.is_dir():  # adding it tells that it is missing
            yield _Wanted(folder, folder.relative_to(project.folder).as_posix())
    for folder in (*sorted(snapshots), project.runs, project.models):
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(project.folder)
            is_whole = not any(part.startswith(STAGED) for part in name.parts)
            if is_whole and path.is_file() and not path.is_symlink():
                yield _Wanted(path, name.as_posix())
