"""What browsers send, kept until a job has taken it in."""

import json
import shutil
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Protocol

from curator.errors import CuratorError
from curator.steps.importing.archives.file_names import ARCHIVE_SUFFIXES, printable, suffix_of
from db.files.blobs import touched_at, write_whole
from db.jobs.queue import unfinished_jobs
from db.project.project_folder import Project
from db.tables.jobs import Job

MAX_UPLOAD_BYTES = 2000 * 2**20
"""Most bytes of one file through a browser, which holds it in memory: `maxUploadSize`."""

_PART_BYTES = 200
_UNOPENED = frozenset({".7z", ".rar", ".zst"})
KEPT = timedelta(days=1)


class Upload(Protocol):
    """One file as a browser sends it."""

    @property
    def name(self) -> str:
        """What it is called there; where a whole folder is sent, its path in it."""

    def getvalue(self) -> bytes:
        """Return its bytes; Streamlit's own, not a copy."""


def keep_uploads(
    project: Project, photos: Sequence[Upload], label_files: Sequence[Upload]
) -> tuple[str, list[str]]:
    """Keep an archive or single photos and tables, and the label files that come with them.

    Returns:
        Where the collection lies and where the label files do, relative to the project.

    Raises:
        CuratorError: Nothing was sent, an archive together with other files, a file over
            2,000 MB, or more than there is room for; nothing is kept then.
    """
    archives = [photo for photo in photos if suffix_of(photo.name) in ARCHIVE_SUFFIXES]
    _check(photos, archives, label_files)
    folder = PurePosixPath("uploads") / str(uuid.uuid4())
    try:
        kept = _keep(project.folder, folder / "photos", photos)
        kept_legends = _keep(project.folder, folder / "legends", label_files)
    except OSError as error:
        shutil.rmtree(project.folder / folder, ignore_errors=True)
        raise CuratorError(
            f"The upload cannot be kept: {error.strerror}. Make room where the project lies, "
            "then send it again."
        ) from error
    return kept[0] if archives else str(folder / "photos"), kept_legends


def _check(
    photos: Sequence[Upload], archives: Sequence[Upload], label_files: Sequence[Upload]
) -> None:
    if not photos or (archives and len(photos) > 1):
        raise CuratorError(
            "Choose one zip or tar, or any number of photos and tables. Received: "
            f"{len(archives)} archives and {len(photos) - len(archives)} other files."
        )
    if archives and suffix_of(archives[0].name) in _UNOPENED:
        raise CuratorError(
            f"{archives[0].name} cannot be opened here. Pack it as a zip or a tar, or send the "
            "files themselves."
        )
    for upload in (*photos, *label_files):
        size_bytes = len(upload.getvalue())
        if size_bytes > MAX_UPLOAD_BYTES:
            raise CuratorError(
                f"{upload.name} has {size_bytes:,} bytes; at most {MAX_UPLOAD_BYTES:,} a file "
                "come through the browser. Copy it to the server and use `curator import`."
            )


def _keep(project_folder: Path, folder: PurePosixPath, uploads: Iterable[Upload]) -> list[str]:
    """Write files below a folder; one whose name is taken goes to a numbered folder."""
    kept: list[str] = []
    for upload in uploads:
        name, number, place = _safe(upload.name), 1, folder / _safe(upload.name)
        while str(place) in kept:
            number += 1
            place = folder / str(number) / name
        write_whole(project_folder / place, upload.getvalue())
        kept.append(str(place))
    return kept


def _safe(name: str) -> PurePosixPath:
    r"""Return a path that stays below a folder, of either kind of path.

    Example:
        >>> print(_safe("C:\\photos\\..\\eva.jpg"), _safe("../../happy/eva.jpg"))
        photos/eva.jpg happy/eva.jpg
    """
    parts = [_short(printable(part)) for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in {"", ".", ".."} and not part.endswith(":")]
    return PurePosixPath(*kept or ["unnamed"])


def _short(part: str) -> str:
    """Cut a name to what every system can write, keeping what it ends with."""
    whole = part.encode()
    if len(whole) <= _PART_BYTES:
        return part
    return (whole[: _PART_BYTES - 20] + b"~" + whole[-16:]).decode(errors="ignore")


def old_uploads(project: Project, now: datetime) -> list[Path]:
    """List what has lain among the uploads for a day and no job waits for or works on."""
    if not project.uploads.is_dir():
        return []
    old = [path for path in project.uploads.iterdir() if touched_at(path) < now - KEPT]
    with project.reading() as session:
        jobs = unfinished_jobs(session) if old else []
    return [path for path in old if not any(_needs(job, path.name) for job in jobs)]


def _needs(job: Job, name: str) -> bool:
    """Say whether a job was told of a folder, or has made it and named it after itself."""
    return name in json.dumps(job.arguments) or name.endswith(f"-{job.id}")


def sweep_uploads(project: Project, now: datetime) -> int:
    """Remove what has lain among the uploads for a day and no job waits for or works on.

    Returns:
        How many of them are gone.
    """
    swept = old_uploads(project, now)
    for path in swept:
        remove(path)
    return len(swept)


def remove(path: Path) -> None:
    """Remove one upload, a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)  # what cannot go now is swept another day
    else:
        path.unlink(missing_ok=True)
