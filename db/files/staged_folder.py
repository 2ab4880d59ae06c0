"""Make a folder or a file beside its place, which gets its name when it is whole."""

import fcntl
import glob
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from db.files.blobs import STAGED

_OLD_LOCK = "lock"
"""The file that versions before this one lock in a folder for blobs, and not the folder."""


@contextmanager
def staged_folder(place: Path) -> Iterator[Path]:
    """Lend a folder `PLACE.aside-…`; what is not moved away at the end is removed.

    What dead processes left there for the same place is removed first: whoever is at work
    holds a lock on its folder, and a lock ends with its process however that ends.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    remove_dead(place.parent.glob(f"{glob.escape(place.name)}{STAGED}-*"))
    with ExitStack() as held:
        folder = _locked_folder(place, held)
        try:
            yield folder
        finally:
            _remove(folder)


@contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold the lock of a file or a folder that is there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def is_dead(folder: Path) -> bool:
    """Tell whether a staged folder is there and nobody holds its lock."""
    with _locked_if_dead(folder) as dead:
        return dead


def remove_dead(folders: Iterable[Path]) -> int:
    """Remove those of the staged folders whose processes are dead; return how many."""
    return sum(_removed_if_dead(folder) for folder in folders)


def _locked_folder(place: Path, held: ExitStack) -> Path:
    while True:
        folder = place.with_name(f"{place.name}{STAGED}-{uuid4().hex[:12]}")
        folder.mkdir()
        with suppress(FileNotFoundError):  # swept before it was locked
            held.enter_context(locked(folder))
            if folder.exists():
                return folder


def _removed_if_dead(folder: Path) -> bool:
    with _locked_if_dead(folder) as dead:
        if dead:
            _remove(folder)
        return dead


@contextmanager
def _locked_if_dead(folder: Path) -> Iterator[bool]:
    with ExitStack() as held:
        try:
            held.enter_context(locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
            with suppress(FileNotFoundError):
                held.enter_context(locked(folder / _OLD_LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB))
            dead = folder.exists()  # another may have removed it before it was locked
        except (FileNotFoundError, BlockingIOError):
            dead = False
        yield dead


def _remove(folder: Path) -> None:
    # By another name, so that a process that still writes there finds no place to.
    gone = folder.with_name(f"{folder.name}.gone")
    folder.rename(gone)
    shutil.rmtree(gone)
