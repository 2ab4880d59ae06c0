"""List the files of a tar and read them where they lie; a compressed one is unpacked first."""

import bz2
import gzip
import io
import lzma
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tarfile import BLOCKSIZE, TarFile, TarInfo
from typing import IO, BinaryIO

from typing_extensions import Buffer

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.importing.archives.collection import LINK, NO_FILE, OUTSIDE, CollectionFile
from curator.steps.importing.archives.file_names import (
    is_wanted,
    leaves_folder,
    plain,
    printable,
    suffix_of,
)

SPARSE = "is stored with holes. Pack it again without --sparse."

_PACKINGS: dict[bytes, Callable[[Path], io.BufferedIOBase]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}
_MAGIC_AT, _MAGIC = 257, b"ustar"
_CHUNK_BYTES = 2**20
_HEADER_BYTES = 2**20
"""What may be read to learn of one member: long names come in headers of their own."""


@dataclass(frozen=True)
class TarLocation:
    """A file in a tar that is not compressed.

    Attributes:
        tar_path: The tar.
        offset: Where the file begins in it, in bytes.
        size_bytes: How many bytes of it are the file.
    """

    tar_path: Path
    offset: int
    size_bytes: int

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """Open the file for reading."""
        file = self.tar_path.open("rb", buffering=0)
        file.seek(self.offset)
        return io.BufferedReader(_Part(file, self.size_bytes))

    def reason(self, error: Exception) -> str:
        """Say why the file cannot be read."""
        return f"is damaged in the tar ({error})."


@dataclass(frozen=True)
class PlainTar:
    """A tar that is not compressed, or not any more.

    Attributes:
        path: Where it lies.
        name: What people know it by.
        stopped: Why it could not be unpacked to its end; empty where it could.
    """

    path: Path
    name: str
    stopped: str = ""


def is_tar(path: Path) -> bool:
    """Say whether a file begins as a tar does or as something compressed, or is called a tar."""
    with path.open("rb") as file:
        start = file.read(_MAGIC_AT + len(_MAGIC))
    begins_so = start.endswith(_MAGIC, _MAGIC_AT) or start.startswith(tuple(_PACKINGS))
    return begins_so or suffix_of(path.name) == ".tar"  # the oldest tars have no magic


@contextmanager
def plain_tar(path: Path, scratch: Path | None, most_bytes: int) -> Iterator[PlainTar]:
    """Lend the tar itself, or what a compressed one unpacks to, which is removed at the end.

    Args:
        path: The tar.
        scratch: The folder to unpack it in; the system's own when None.
        most_bytes: How large it may become.

    Raises:
        CuratorError: It becomes larger, or there is no room for it.
    """
    opens = _packing(path)
    if opens is None:
        yield PlainTar(path, path.name)
        return
    with tempfile.TemporaryDirectory(prefix="unpacked-", dir=scratch) as folder:
        unpacked = Path(folder) / "unpacked.tar"
        with opens(path) as packed:
            stopped = _unpack(packed, unpacked, most_bytes)
        yield PlainTar(unpacked, path.name, stopped)


def _packing(path: Path) -> Callable[[Path], io.BufferedIOBase] | None:
    with path.open("rb") as file:
        start = file.read(max(map(len, _PACKINGS)))
    return next((opens for magic, opens in _PACKINGS.items() if start.startswith(magic)), None)


def _unpack(packed: io.BufferedIOBase, target: Path, most_bytes: int) -> str:
    """Unpack as far as it goes and say why it goes no further."""
    try:
        with target.open("wb") as file:
            _copy(packed, file, most_bytes)
    except OSError as error:
        if error.errno is None:  # the unpackers' own, for damaged bytes
            return str(error)
        raise CuratorError(
            f"The archive cannot be unpacked to {target.parent.parent}: {error.strerror}. "
            "Make room there, or unpack it elsewhere and import the folder."
        ) from error
    except (EOFError, ValueError, lzma.LZMAError, zlib.error) as error:
        return str(error)
    return ""


def _copy(packed: io.BufferedIOBase, file: BinaryIO, most_bytes: int) -> None:
    size_bytes = 0
    while chunk := packed.read1(_CHUNK_BYTES):  # what is there, also before damage
        size_bytes += len(chunk)
        if size_bytes > most_bytes:
            raise CuratorError(
                f"The archive unpacks to more than {most_bytes:,} bytes, the most that is taken "
                "of one of its size. Import it in parts."
            )
        file.write(chunk)


def tar_files(tar: PlainTar) -> Iterator[CollectionFile | Issue]:
    """Yield the files of a tar, in any order, and what is left out.

    Raises:
        CuratorError: It is no tar.
    """
    with tar.path.open("rb") as file:
        headers = _Headers(file)
        try:
            archive = TarFile(fileobj=headers)
        except Exception as error:  # hostile bytes raise more than TarError
            why = tar.stopped or error
            raise CuratorError(f"{tar.name} holds no tar that can be read: {why}") from error
        try:
            for member in _members(archive, headers):
                yield from _tar_file(member, tar.path)
            why = tar.stopped
        except Exception as error:  # as above
            why = tar.stopped or str(error)
    if why:
        yield Issue(tar.name, f"cannot be read to its end ({why}). What comes before it goes in.")


def _members(archive: TarFile, headers: "_Headers") -> Iterator[TarInfo]:
    end = -1
    while (member := archive.next()) is not None:
        if member.size < 0 or archive.offset <= end:
            raise ValueError("it leads back to its own beginning")
        end = archive.offset
        archive.members = []  # type: ignore[attr-defined] # it would keep every one
        headers.left_bytes = _HEADER_BYTES
        yield member
    headers.seek(archive.offset)
    if any(headers.read(BLOCKSIZE)):  # TarFile takes what it does not know for the end
        raise ValueError(f"there is no header at byte {archive.offset:,}")


def _tar_file(member: TarInfo, path: Path) -> Iterator[CollectionFile | Issue]:
    name = printable(plain(member.name))
    if member.isdir() or not is_wanted(name):
        return
    reason = _refusal(member)
    if reason:
        yield Issue(name, reason)
    else:
        yield CollectionFile(name, member.size, TarLocation(path, member.offset_data, member.size))


def _refusal(member: TarInfo) -> str:
    if leaves_folder(member.name):
        return OUTSIDE
    if member.issym() or member.islnk():
        return LINK
    if member.issparse():
        return SPARSE
    return "" if member.isreg() else NO_FILE


class _Headers(io.RawIOBase):
    """A file of which only so much can be read at a time: enough for headers, however they lie."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left_bytes = _HEADER_BYTES

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= self.left_bytes:
            raise ValueError("a header is larger than any name")
        self.left_bytes -= size
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class _Part(io.RawIOBase):
    """So many bytes of a file from where it stands."""

    def __init__(self, file: io.FileIO, size_bytes: int) -> None:
        self._file, self._left_bytes = file, size_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        count = self._file.readinto(memoryview(buffer)[: self._left_bytes]) or 0
        if not count and self._left_bytes:
            raise EOFError("it is cut short")
        self._left_bytes -= count
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
