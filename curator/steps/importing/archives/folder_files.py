"""Walk a folder of files; no link leads out of it, also not one put there meanwhile."""

import os
import stat
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.importing.archives.collection import LINK, NO_FILE, CollectionFile
from curator.steps.importing.archives.file_names import is_rubbish, is_wanted, printable

_CAN_HOLD_FOLDERS = os.open in os.supports_dir_fd  # not on Windows
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # a pipe would wait for ever


@dataclass(frozen=True)
class FolderLocation:
    """A file in a folder.

    Attributes:
        folder: The folder that was walked; it may be a link itself.
        parts: The names that lead from it to the file; none of them may be a link.
    """

    folder: Path
    parts: tuple[str, ...]

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """Open the file for reading."""
        handle = self._handle()
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise OSError(None, "it is no ordinary file any more")
        return os.fdopen(handle, "rb", buffering=0)

    def reason(self, error: Exception) -> str:
        """Say why the file cannot be read."""
        said = error.strerror if isinstance(error, OSError) else str(error)
        return f"cannot be read ({said})."

    def _handle(self) -> int:
        if not _CAN_HOLD_FOLDERS:
            return os.open(self.folder.joinpath(*self.parts), os.O_RDONLY | _NO_WAIT)
        held = os.open(self.folder, _FOLDER)
        for part in self.parts[:-1]:
            held = _stepped(held, part, _FOLDER | _NO_LINK)
        return _stepped(held, self.parts[-1], os.O_RDONLY | _NO_LINK | _NO_WAIT)


def _stepped(held: int, name: str, flags: int) -> int:
    try:
        return os.open(name, flags, dir_fd=held)
    finally:
        os.close(held)


def single_file(path: Path) -> CollectionFile:
    """Return a file that comes alone."""
    path = path.resolve()  # it was named by a person, who may well mean a link
    place = FolderLocation(path.parent, (path.name,))
    return CollectionFile(printable(path.name), path.stat().st_size, place)


def folder_files(folder: Path) -> Iterator[CollectionFile | Issue]:
    """Yield the files in a folder and below it, in any order, and what is left out.

    Hidden files and files of other kinds are passed over in silence.

    Raises:
        CuratorError: The folder itself cannot be read.
    """
    refused: list[OSError] = []
    for parent, names, file_names in os.walk(folder, onerror=refused.append):
        here = Path(parent)
        names[:] = [name for name in names if not is_rubbish(name)]
        yield from (
            Issue(_name(here / name, folder), LINK) for name in names if (here / name).is_symlink()
        )
        found = (_folder_file(here / name, folder) for name in file_names)
        yield from (one for one in found if one is not None)
    yield from (_unread(error, folder) for error in refused)


def _unread(error: OSError, folder: Path) -> Issue:
    path = Path(error.filename)
    if path == folder:
        raise CuratorError(f"{folder} cannot be read: {error.strerror}.") from error
    return Issue(_name(path, folder), f"cannot be read ({error.strerror}).")


def _folder_file(path: Path, folder: Path) -> CollectionFile | Issue | None:
    name = _name(path, folder)
    if not is_wanted(name):
        return None
    try:
        state = path.lstat()
    except OSError as error:
        return Issue(name, f"cannot be read ({error.strerror}).")
    if stat.S_ISLNK(state.st_mode):
        return Issue(name, LINK)
    if not stat.S_ISREG(state.st_mode):
        return Issue(name, NO_FILE)
    place = FolderLocation(folder, path.relative_to(folder).parts)
    return CollectionFile(name, state.st_size, place)


def _name(path: Path, folder: Path) -> str:
    return printable(path.relative_to(folder).as_posix())
