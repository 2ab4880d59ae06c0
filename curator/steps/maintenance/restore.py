"""Make a project of a backup."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.maintenance.backup_format import (
    BACKUP_FORMAT,
    END,
    HEAD,
    INDEX,
    DamagedIndexError,
    IndexedFile,
    indexed_files,
    is_name_of_ours,
)
from db.files.blobs import sha256_of_file, sync
from db.files.staged_blobs import sync_all
from db.files.staged_folder import staged_folder
from db.jobs.progress import Progress, Steps
from db.jobs.queue import unfinished_jobs
from db.project.project_folder import DATABASE_NAME, open_project
from db.tables.audit import note
from db.tables.jobs import JobState

_CHUNK_BYTES = 2**20
_READ_ONLY = 0o444
_WRITES = 0o200
_NAMED_AT_MOST = 20
_CUT_OFF = "breaks off: a part of it is missing. Copy it again from where it was made"
_ENDED = (
    "The project was restored from a backup that was made while this job waited or was at work. "
    "Start it again."
)


@dataclass(frozen=True)
class RestoreReport:
    """What was restored.

    Attributes:
        folder: The project.
        made_at: When the backup was made.
        files: How many files it holds.
        left_out: Damaged and missing files that were left out as asked.
        ended_jobs: Jobs that were waiting or at work then, and now count as failed.
    """

    folder: str
    made_at: str
    files: int
    left_out: tuple[str, ...]
    ended_jobs: int


def restore(
    file: Path, folder: Path, *, now: datetime, despite_damage: bool = False
) -> Steps[RestoreReport]:
    """Make a project of a backup, in a new or an empty folder.

    Every byte is compared with the backup's index as it lies on the disk then, and the folder
    gets its name only when all is there. A database of an earlier version is brought up.

    Args:
        file: What `back_up` has written.
        folder: The project to be.
        now: The time to note it in the audit trail with.
        despite_damage: Leave out what is damaged or missing; the database must be whole.

    Raises:
        CuratorError: It is no backup, it was cut off, something in it is damaged or missing,
            or the folder holds something.
        ProjectError: A newer version made it.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CuratorError(f"{folder} is not empty. Name a new or an empty folder.")
    try:
        with staged_folder(folder) as aside:
            return (yield from _restored(file, folder, aside, _How(now, despite_damage)))
    except tarfile.TarError as error:
        raise CuratorError(f"{file} {_CUT_OFF} ({error}).") from error
    except OSError as error:
        why = error.strerror or error
        raise CuratorError(f"{file} cannot be restored to {folder}: {why}.") from error


@dataclass(frozen=True)
class _How:
    now: datetime
    despite_damage: bool


def _restored(file: Path, folder: Path, aside: Path, how: _How) -> Steps[RestoreReport]:
    unpacked, whole = aside / "unpacked", aside / "project"
    about = _check_ends(file)
    yield from _unpack(file, unpacked)
    files, problems = yield from _move_whole(unpacked, whole)
    if problems and not (how.despite_damage and (whole / DATABASE_NAME).is_file()):
        raise CuratorError(_refusal(file, problems))
    ended = _bring_up(whole, str(about["made_at"]), how.now)
    sync_all(whole, whole.rglob("*"))
    whole.rename(folder)
    sync(folder.parent)
    return RestoreReport(str(folder), str(about["made_at"]), files, tuple(problems), ended)


def _check_ends(file: Path) -> dict[str, Any]:
    """Read what the file says of itself, and see that it has an end."""
    try:
        about = _head(file)
    except (LookupError, ValueError, tarfile.TarError) as error:
        raise CuratorError(
            f"{file} is no backup. Name a file that `curator backup` has written."
        ) from error
    if about["format"] != BACKUP_FORMAT:
        raise CuratorError(
            f"{file} is a backup of format {about['format']!r}; this version reads "
            f"{BACKUP_FORMAT}. Use fer-curator {about['tool_version']} or a later one."
        )
    with file.open("rb") as content:
        content.seek(-len(END), 2)
        if content.read() != END:
            raise CuratorError(f"{file} {_CUT_OFF}.")
    return about


def _head(file: Path) -> dict[str, Any]:
    with tarfile.open(file, "r:") as archive:
        first = archive.next()
        if first is None or first.name != HEAD:
            raise LookupError(HEAD)
        return dict(json.load(cast(IO[bytes], archive.extractfile(first))))


def _unpack(file: Path, unpacked: Path) -> Steps[None]:
    total = file.stat().st_size // _CHUNK_BYTES
    with tarfile.open(file, "r:", ignore_zeros=True) as archive:  # beyond a damaged header too
        for member in _members(archive):
            yield Progress(archive.offset // _CHUNK_BYTES, total, "Unpacking, in MiB")
            if not member.isreg() or not is_name_of_ours(member.name):
                raise CuratorError(
                    f"{file} is no backup of ours: it holds {member.name!r}. Nothing was restored."
                )
            _write(cast(IO[bytes], archive.extractfile(member)), unpacked / member.name)
            if not member.mode & _WRITES:
                (unpacked / member.name).chmod(_READ_ONLY)


def _members(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    while (member := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined] # it would keep every one
        yield member


def _write(content: IO[bytes], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK_BYTES):
            file.write(chunk)


def _move_whole(unpacked: Path, whole: Path) -> Steps[tuple[int, list[str]]]:
    """Move the files that are as the index says; return how many, and what is wrong."""
    problems: list[str] = []
    moved = 0
    try:
        for number, wanted in enumerate(indexed_files(unpacked / INDEX)):
            yield Progress(number, 0, "Comparing every byte")
            problem = _problem(unpacked, wanted)
            if problem:
                problems.append(problem)
            else:
                _move(unpacked / wanted.name, whole / wanted.name)
                moved += 1
    except FileNotFoundError:
        raise CuratorError(f"The backup {_CUT_OFF}.") from None
    except DamagedIndexError:
        problems.append(f"{INDEX} is damaged")
    return moved, [*problems, *_strangers(unpacked)]


def _problem(unpacked: Path, wanted: IndexedFile) -> str:
    """Say what is wrong with a file, and remove it where it is damaged."""
    path = unpacked / wanted.name
    if not is_name_of_ours(wanted.name) or not path.is_file():
        return f"{wanted.name} is missing"
    if path.stat().st_size == wanted.size_bytes and sha256_of_file(path) == wanted.sha256:
        return ""
    path.unlink()
    return f"{wanted.name} is damaged"


def _strangers(unpacked: Path) -> Iterator[str]:
    (unpacked / INDEX).unlink()
    left = (path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file())
    yield from sorted(f"{name.as_posix()} is not in {INDEX}" for name in left)


def _move(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    path.rename(place)


def _refusal(file: Path, problems: list[str]) -> str:
    named = "\n".join(f"  {problem}" for problem in problems[:_NAMED_AT_MOST])
    more = len(problems) - _NAMED_AT_MOST
    return (
        f"{file} is damaged, and nothing was restored:\n{named}\n"
        + (f"  and {more:,} more\n" if more > 0 else "")
        + "Take another backup; or --despite-damage leaves these out, if the database is whole."
    )


def _bring_up(whole: Path, made_at: str, now: datetime) -> int:
    """Bring the database to today's form and end the jobs that no worker knows of any more."""
    (whole / HEAD).unlink(missing_ok=True)
    project = open_project(whole)
    with project.writing() as session:
        ended = _end_jobs(session, now)
        note(session, "restored from a backup", {"made_at": made_at}, None, now)
        session.commit()
    project.engine.dispose()
    return ended


def _end_jobs(session: Session, now: datetime) -> int:
    jobs = unfinished_jobs(session)
    for job in jobs:
        job.state, job.message, job.finished_at = JobState.FAILED, _ENDED, now
    return len(jobs)
