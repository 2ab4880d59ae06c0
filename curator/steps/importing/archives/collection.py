"""Files that come in together, wherever their bytes lie."""

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, Protocol

from typing_extensions import Buffer

from curator.core.issues import Issue
from curator.steps.importing.archives.file_names import TABLE_SUFFIXES, suffix_of

MAX_FILE_BYTES = 100 * 2**20
"""Most bytes of an image, and of whatever is read at once."""

MAX_TABLE_BYTES = 2 * 2**30
"""Most bytes of a table, which is read line by line."""

LINK = "is a link and is left out. Put the file itself in its place."
NO_FILE = "is no ordinary file and is left out."
OUTSIDE = "would lie outside the folder it is unpacked to, and is left out."

_CHUNK_BYTES = 64 * 2**10


class UnreadableFileError(Exception):
    """A file is there and cannot be read; the message goes after its name."""


class FileLocation(Protocol):
    """Where the bytes of a file lie; it is picklable, so that any process can read them."""

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """Open them for reading; what fails comes out as it is."""

    def reason(self, error: Exception) -> str:
        """Say of a failure why the file cannot be read; goes after the file's name."""


@dataclass(frozen=True)
class CollectionFile:
    """One file of a collection; it can be sent to another process and read there.

    Attributes:
        name: Its path inside the collection, with `/`; always printable.
        size_bytes: Its size unpacked, as the folder or the archive states it.
        place: Where its bytes lie, while the collection is open.
    """

    name: str
    size_bytes: int
    place: FileLocation

    def read(self) -> bytes:
        """Return its bytes.

        Raises:
            UnreadableFileError: It is damaged, locked, gone, or larger than 100 MiB.
        """
        with self.opened() as file:
            content = file.read(min(self.size_bytes, MAX_FILE_BYTES) + 1)
            if len(content) > self.size_bytes:  # it grew; room for the most there may be is slow
                content += file.read(MAX_FILE_BYTES)
        if len(content) > MAX_FILE_BYTES:
            raise UnreadableFileError(too_large(self.size_bytes, MAX_FILE_BYTES))
        return content

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open it to be read bit by bit, as large tables must be.

        Raises:
            UnreadableFileError: As for `read`, here or while it is read; a table may have
                2 GiB.
        """
        with ExitStack() as stack:
            try:
                file = stack.enter_context(self.place.opened())
            except Exception as error:  # readers of archives let anything out on hostile bytes
                raise UnreadableFileError(self.place.reason(error)) from error
            guarded = _Guarded(file, self.place.reason, max_bytes(self.name))
            yield io.BufferedReader(guarded, _CHUNK_BYTES)


@dataclass(frozen=True)
class Collection:
    """What a folder or an archive holds, in the order of the names.

    Attributes:
        images: Files that are images by their names.
        tables: Files that may be label files: CSV, TSV and text.
        issues: Files that are left out and that somebody might miss.
    """

    images: tuple[CollectionFile, ...]
    tables: tuple[CollectionFile, ...]
    issues: tuple[Issue, ...]


def max_bytes(name: str) -> int:
    """Say how many bytes a file of this name may have."""
    return MAX_TABLE_BYTES if suffix_of(name) in TABLE_SUFFIXES else MAX_FILE_BYTES


def too_large(size_bytes: int, most_bytes: int) -> str:
    """Say that a file is too large; goes after its name."""
    return f"has {size_bytes:,} bytes or more; at most {most_bytes:,} a file are taken."


class _Guarded(io.RawIOBase):
    """A stream that fails with UnreadableFileError only, and past so many bytes."""

    def __init__(
        self, file: IO[bytes], reason: Callable[[Exception], str], most_bytes: int
    ) -> None:
        self._file, self._reason = file, reason
        self._most_bytes, self._seen_bytes = most_bytes, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        try:
            chunk = self._file.read(len(view))
        except Exception as error:  # as above
            raise UnreadableFileError(self._reason(error)) from error
        self._seen_bytes += len(chunk)
        if self._seen_bytes > self._most_bytes:
            raise UnreadableFileError(too_large(self._seen_bytes, self._most_bytes))
        view[: len(chunk)] = chunk
        return len(chunk)
