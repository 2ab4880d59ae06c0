"""Walk a folder or a zip of images; nothing in it leads outside it."""

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZipFile, ZipInfo

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.image_files import IMAGE_SUFFIXES

MAX_FILE_BYTES = 100 * 2**20
MAX_TOTAL_BYTES = 100 * 2**30
ARCHIVE_SUFFIXES = frozenset({".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz", ".zip"})
TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
RUBBISH_FOLDERS = frozenset({"__MACOSX"})


class UnreadableFileError(Exception):
    """A file is there and cannot be read; the message goes after its name."""


@dataclass(frozen=True)
class CollectionFile:
    """One file of a collection.

    Attributes:
        name: Its path inside the collection, with `/`; always printable.
        size_bytes: Its size unpacked, as the folder or the zip states it.
        read: Returns its bytes; raises UnreadableFileError. Works while the collection is
            open.
    """

    name: str
    size_bytes: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Collection:
    """What a folder or a zip holds, in the order of the names.

    Attributes:
        images: Files that are images by their names.
        tables: Files that may be legends: CSV, TSV and text.
        issues: Files that are left out and that somebody might miss.
    """

    images: tuple[CollectionFile, ...]
    tables: tuple[CollectionFile, ...]
    issues: tuple[Issue, ...]


@contextmanager
def opened_collection(
    origin: Path, *, max_total_bytes: int = MAX_TOTAL_BYTES
) -> Iterator[Collection]:
    """Open a folder or a zip; a zip is read where it lies, nothing is unpacked.

    Hidden files and files of other kinds are passed over in silence.

    Raises:
        CuratorError: `origin` is neither, cannot be read, or holds more than
            `max_total_bytes`.
    """
    if origin.is_dir():
        yield _checked(origin, list(_folder_files(origin)), max_total_bytes)
        return
    if not origin.is_file() or not zipfile.is_zipfile(origin):
        raise CuratorError(f"Expected a folder or a zip file. Received: {origin}")
    try:
        archive = ZipFile(origin)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise CuratorError(f"{origin} cannot be opened as a zip: {error}") from error
    with archive:
        yield _checked(origin, list(_zip_files(archive)), max_total_bytes)


def _checked(origin: Path, found: list[CollectionFile | Issue], max_bytes: int) -> Collection:
    files = sorted(
        (file for file in found if isinstance(file, CollectionFile)), key=lambda file: file.name
    )
    images = tuple(file for file in files if _suffix(file.name) in IMAGE_SUFFIXES)
    total = sum(file.size_bytes for file in images)
    if total > max_bytes:
        raise CuratorError(
            f"{origin} holds {total:,} bytes of images unpacked; "
            f"at most {max_bytes:,} are taken at once. Import it in parts."
        )
    tables = tuple(file for file in files if _suffix(file.name) in TABLE_SUFFIXES)
    issues = sorted((one for one in found if isinstance(one, Issue)), key=lambda one: one.item)
    return Collection(images, tables, tuple(issues))


def _folder_files(folder: Path) -> Iterator[CollectionFile | Issue]:
    refused: list[OSError] = []
    for parent, names, file_names in os.walk(folder, onerror=refused.append):
        here = Path(parent)
        names[:] = [name for name in names if not _is_rubbish(name)]
        yield from (
            _link_issue(_name(here / name, folder)) for name in names if (here / name).is_symlink()
        )
        yield from _kept(_folder_file(here / name, folder) for name in file_names)
    yield from (
        Issue(_name(Path(error.filename), folder), f"cannot be read ({error.strerror}).")
        for error in refused
    )


def _folder_file(path: Path, folder: Path) -> CollectionFile | Issue | None:
    name = _name(path, folder)
    if not _is_wanted(name):
        return None
    try:
        state = path.lstat()
    except OSError as error:
        return Issue(name, f"cannot be read ({error.strerror}).")
    if stat.S_ISLNK(state.st_mode):
        return _link_issue(name)
    if not stat.S_ISREG(state.st_mode):
        return Issue(name, "is no ordinary file and is left out.")
    return _of_taken_size(CollectionFile(name, state.st_size, lambda: _file_bytes(path)))


def _file_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _bounded(file.read(MAX_FILE_BYTES + 1))
    except OSError as error:
        raise UnreadableFileError(f"cannot be read ({error.strerror}).") from error


def _zip_files(archive: ZipFile) -> Iterator[CollectionFile | Issue]:
    yield from _kept(_zip_file(archive, member) for member in archive.infolist())


def _zip_file(archive: ZipFile, member: ZipInfo) -> CollectionFile | Issue | None:
    name = _printable(member.filename)
    if member.is_dir() or not _is_wanted(name):
        return None
    if _leaves_folder(name):
        return Issue(name, "would lie outside the folder it is unpacked to, and is left out.")
    if stat.S_ISLNK(member.external_attr >> 16):
        return _link_issue(name)
    return _of_taken_size(
        CollectionFile(name, member.file_size, lambda: _member_bytes(archive, member))
    )


def _member_bytes(archive: ZipFile, member: ZipInfo) -> bytes:
    try:
        with archive.open(member) as file:
            return _bounded(file.read(MAX_FILE_BYTES + 1))
    except NotImplementedError as error:
        raise UnreadableFileError(f"cannot be unpacked here ({error}).") from error
    except RuntimeError as error:
        reason = "is locked by a password. Unpack the zip and import the folder."
        raise UnreadableFileError(reason) from error
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise UnreadableFileError(f"is damaged in the zip ({error}).") from error


def _bounded(content: bytes) -> bytes:
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFileError(_too_large(len(content)))
    return content


def _of_taken_size(file: CollectionFile) -> CollectionFile | Issue:
    if file.size_bytes > MAX_FILE_BYTES:
        return Issue(file.name, _too_large(file.size_bytes))
    return file


def _too_large(size_bytes: int) -> str:
    return f"has {size_bytes:,} bytes or more; at most {MAX_FILE_BYTES:,} a file are taken."


def _kept(found: Iterator[CollectionFile | Issue | None]) -> Iterator[CollectionFile | Issue]:
    for one in found:
        if isinstance(one, CollectionFile) and _suffix(one.name) in ARCHIVE_SUFFIXES:
            yield Issue(one.name, "is packed inside. Unpack it, or import it by itself.")
        elif one is not None:
            yield one


def _link_issue(name: str) -> Issue:
    return Issue(name, "is a link and is left out. Put the file itself in its place.")


def _is_wanted(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    wanted = IMAGE_SUFFIXES | ARCHIVE_SUFFIXES | TABLE_SUFFIXES
    return _suffix(name) in wanted and not any(_is_rubbish(part) for part in parts)


def _is_rubbish(part: str) -> bool:
    return part in RUBBISH_FOLDERS or (part.startswith(".") and part != "..")


def _leaves_folder(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in path.parts[0]


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _name(path: Path, folder: Path) -> str:
    return _printable(path.relative_to(folder).as_posix())


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode().replace("\x00", "?")
