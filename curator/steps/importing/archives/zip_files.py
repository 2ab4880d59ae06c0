"""List the files of a zip and read them where they lie, in any process."""

import functools
import stat
import zipfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zipfile import ZipFile, ZipInfo

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.importing.archives.collection import LINK, OUTSIDE, CollectionFile
from curator.steps.importing.archives.file_names import is_wanted, leaves_folder, plain, printable
from curator.steps.importing.archives.tar_files import is_tar

OVERLAPS = "shares its bytes with another file of the zip, as bombs do, and is left out."

_MAGICS = frozenset({b"PK\x03\x04", b"PK\x05\x06"})
_HEADER_BYTES = 30


@dataclass(frozen=True)
class ZipLocation:
    """A file in a zip.

    Attributes:
        zip_path: The zip.
        changed_ns: When it was changed last, in nanoseconds, and
        zip_bytes: its size, by which a zip put in its place is known.
        index: The place of the file in the zip's list.
    """

    zip_path: Path
    changed_ns: int
    zip_bytes: int
    index: int

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """Open the file for reading; the zip stays open in this process."""
        archive = _opened_zip(self.zip_path, self.changed_ns, self.zip_bytes)
        return archive.open(archive.infolist()[self.index])

    def reason(self, error: Exception) -> str:
        """Say why the file cannot be read."""
        if isinstance(error, NotImplementedError):
            return f"cannot be unpacked here ({error})."
        if isinstance(error, RuntimeError):
            return "is locked by a password. Unpack the zip and import the folder."
        return f"is damaged in the zip ({error})."


@functools.lru_cache(maxsize=2)
def _opened_zip(path: Path, changed_ns: int, zip_bytes: int) -> ZipFile:
    state = path.stat()
    if (state.st_mtime_ns, state.st_size) != (changed_ns, zip_bytes):
        raise OSError(f"{path.name} was changed while it was read")
    return ZipFile(path)


def is_zip(path: Path) -> bool:
    """Say whether a file begins as a zip, or ends as one and is no tar that holds a zip."""
    with path.open("rb") as file:
        is_begun = file.read(4) in _MAGICS
    return is_begun or (not is_tar(path) and zipfile.is_zipfile(path))


def zip_files(path: Path) -> list[CollectionFile | Issue]:
    """Return the files of a zip, in any order, and what is left out.

    Raises:
        CuratorError: It cannot be opened.
    """
    state = path.stat()
    try:
        members = _opened_zip(path, state.st_mtime_ns, state.st_size).infolist()
    except Exception as error:  # hostile bytes raise more than BadZipFile
        raise CuratorError(f"{path} cannot be opened as a zip: {error}. Copy it again.") from error
    overlapping = _overlapping(members)
    found = (
        _zip_file(member, ZipLocation(path, state.st_mtime_ns, state.st_size, index), overlapping)
        for index, member in enumerate(members)
    )
    return [one for one in found if one is not None]


def close_zips() -> None:
    """Let go of the zips that this process holds open."""
    _opened_zip.cache_clear()


def _zip_file(
    member: ZipInfo, place: ZipLocation, overlapping: frozenset[int]
) -> CollectionFile | Issue | None:
    name = printable(plain(member.filename))
    if member.is_dir() or not is_wanted(name):
        return None
    if leaves_folder(name):
        return Issue(name, OUTSIDE)
    if stat.S_ISLNK(member.external_attr >> 16):
        return Issue(name, LINK)
    if place.index in overlapping:
        return Issue(name, OVERLAPS)
    return CollectionFile(name, member.file_size, place)


def _overlapping(members: Sequence[ZipInfo]) -> frozenset[int]:
    """Return the places of members whose bytes, at the least they take, lie in another's."""
    found = set()
    last, last_end = -1, 0
    for index in sorted(range(len(members)), key=lambda index: members[index].header_offset):
        member = members[index]
        if member.header_offset < last_end:
            found |= {index, last}
        end = member.header_offset + _HEADER_BYTES + _name_bytes(member) + member.compress_size
        if end > last_end:
            last, last_end = index, end
    return frozenset(found)


def _name_bytes(member: ZipInfo) -> int:
    return len(member.orig_filename)  # in letters: never more than its bytes
