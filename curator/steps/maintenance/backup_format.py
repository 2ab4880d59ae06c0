"""The file of a backup: one plain tar, read and written in a stream.

    backup.json      format, when it was made, by which version
    project.sqlite   a copy of the database as it stood at one moment
    images/… crops/… views/… snapshots/… runs/… models/…
    index.jsonl      for each file above a line with its bytes and SHA-256; the last line counts
                     them and hashes the lines before it

The index comes last: a file that was cut off has none.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tarfile import BLOCKSIZE, PAX_FORMAT, TarInfo
from typing import IO, Any, Final

from db.project.project_folder import DATABASE_NAME

BACKUP_FORMAT: Final = 1
HEAD: Final = "backup.json"
INDEX: Final = "index.jsonl"
FOLDERS: Final = ("images", "crops", "views", "snapshots", "runs", "models")
END: Final = b"\0" * 2 * BLOCKSIZE
_CHUNK_BYTES = 2**20
_PRIVATE = 0o600


class DamagedIndexError(Exception):
    """The index of a backup is damaged."""


@dataclass(frozen=True)
class IndexedFile:
    """A file of a backup, as its index says."""

    name: str
    size_bytes: int
    sha256: str


def is_name_of_ours(name: str) -> bool:
    """Tell whether a backup may hold a file of this name: it stays in the project's folders.

    Example:
        >>> is_name_of_ours("crops/ab/ab.png"), is_name_of_ours("crops/../../etc/passwd")
        (True, False)
        >>> is_name_of_ours("/crops/ab"), is_name_of_ours("biometrics.sqlite")
        (False, False)
    """
    parts = PurePosixPath(name).parts
    if ".." in parts or str(PurePosixPath(name)) != name:
        return False
    return name in {HEAD, INDEX, DATABASE_NAME} or (len(parts) > 1 and parts[0] in FOLDERS)


class TarWriter:
    """Write files one behind the other as a tar, and an index of them.

    The standard library's own keeps a record of each file in memory.

    Args:
        out: The tar: can seek, at its beginning.
        index: The index, to be added by `finish`.
    """

    def __init__(self, out: IO[bytes], index: IO[bytes]) -> None:
        self._out = out
        self._index = index
        self._lines = hashlib.sha256()
        self.files = 0

    def add(self, name: str, file: IO[bytes], *, size_bytes: int, mode: int = _PRIVATE) -> str:
        """Add a file and return the SHA-256 of its bytes.

        Raises:
            EOFError: It is shorter than said; nothing was added.
        """
        start = self._out.tell()
        self._header(name, size_bytes, mode)
        sha256, written = self._copy(file, size_bytes)
        if written < size_bytes:
            self._out.seek(start)
            self._out.truncate()
            raise EOFError(name)
        self._out.write(b"\0" * (-size_bytes % BLOCKSIZE))
        self._note({"name": name, "bytes": size_bytes, "sha256": sha256})
        self.files += 1
        return sha256

    def _header(self, name: str, size_bytes: int, mode: int) -> None:
        info = TarInfo(name)
        info.size, info.mode = size_bytes, mode
        self._out.write(info.tobuf(PAX_FORMAT, "utf-8", "surrogateescape"))

    def _copy(self, file: IO[bytes], size_bytes: int) -> tuple[str, int]:
        digest, left = hashlib.sha256(), size_bytes
        while left and (chunk := file.read(min(left, _CHUNK_BYTES))):
            digest.update(chunk)
            self._out.write(chunk)
            left -= len(chunk)
        return digest.hexdigest(), size_bytes - left

    def _note(self, line: dict[str, Any]) -> None:
        written = json.dumps(line).encode("ascii") + b"\n"
        self._lines.update(written)
        self._index.write(written)

    def finish(self) -> None:
        """Add the index and the end."""
        self._note({"files": self.files, "sha256": self._lines.hexdigest()})
        size_bytes = self._index.tell()
        self._index.seek(0)
        self._header(INDEX, size_bytes, _PRIVATE)
        self._copy(self._index, size_bytes)
        self._out.write(b"\0" * (-size_bytes % BLOCKSIZE) + END)


def indexed_files(path: Path) -> Iterator[IndexedFile]:
    """Yield what an index names, in its order.

    Raises:
        DamagedIndexError: A line of it is changed or missing; some files may have been yielded.
    """
    lines, files = hashlib.sha256(), 0
    with path.open("rb") as index:
        for line in index:
            told = _told(line)
            if "files" in told:
                if told == {"files": files, "sha256": lines.hexdigest()} and not index.read(1):
                    return
                break
            lines.update(line)
            files += 1
            yield IndexedFile(told.get("name", ""), told.get("bytes", -1), told.get("sha256", ""))
    raise DamagedIndexError


def _told(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        raise DamagedIndexError from None
    if not isinstance(told, dict):
        raise DamagedIndexError
    return told
