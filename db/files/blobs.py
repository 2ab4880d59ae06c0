"""Files that are whole or absent: blobs named by their hash, and careful writes."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

STAGED = ".aside"
"""What stands in the names of files and folders that are not whole yet."""

LEFTOVER_AGE = timedelta(hours=1)
"""What was touched later than that may belong to a writer at work."""

_ENDING = 16  # letters of a name: enough for any suffix, short enough for any name


def sha256_of(content: bytes) -> str:
    """Name bytes by their SHA-256, as 64 lower-case hex digits."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Name a file's bytes by their SHA-256 without holding them in memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that, whatever happens, it is there whole or not at all."""
    with written_whole(path) as aside:
        aside.write_bytes(content)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Lend a path beside `path`; what is written there takes its place at the end.

    It is flushed to disk and renamed into place; an error leaves neither. The name lent
    ends as that of `path` does, which some writers look at.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(path.name[-_ENDING:], f"{STAGED}-", path.parent)
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        sync(aside)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)


def leftovers(folder: Path, *, before: datetime) -> list[Path]:
    """List what writers that were killed left aside, anywhere below a folder.

    Args:
        before: Aware; what was touched later may belong to a writer at work and is not listed.
    """
    staged = folder.rglob(f"{STAGED}-*")
    return [path for path in staged if path.is_file() and touched_at(path) < before]


def remove_leftovers(folder: Path, *, before: datetime) -> int:
    """Remove what `leftovers` lists; return how many files were removed."""
    old = leftovers(folder, before=before)
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def touched_at(path: Path) -> datetime:
    """Say when a file was last changed; the end of time where it has just gone."""
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except FileNotFoundError:  # its writer has just renamed or removed it
        return datetime.max.replace(tzinfo=UTC)


def sync(path: Path) -> None:
    """Flush a file's bytes, or a folder's list of names, to disk so that it outlives a crash."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True)
class BlobStore:
    """A folder of files named by the SHA-256 of their bytes.

    Attributes:
        folder: Where the blobs lie, in subfolders by the first two digits.
        suffix: What every name ends with, such as `.png`.
    """

    folder: Path
    suffix: str = ""

    def path(self, sha256: str) -> Path:
        """Say where the blob of this hash lies or would lie."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError(f"Expected 64 lower-case hex digits. Received: {sha256!r}")
        return self.folder / sha256[:2] / f"{sha256}{self.suffix}"

    def put(self, content: bytes) -> str:
        """Keep bytes and return their hash; bytes that are there are not written again."""
        sha256 = sha256_of(content)
        path = self.path(sha256)
        if not path.exists():
            write_whole(path, content)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Return the bytes of a blob.

        Raises:
            FileNotFoundError: No blob of this hash is kept.
        """
        return self.path(sha256).read_bytes()
