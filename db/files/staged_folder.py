"""Make a folder or a file beside its place, which gets its name when it is whole."""

import fcntl
import glob
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

_ASIDE = ".aside-"


@contextmanager
def made_beside(place: Path) -> Iterator[Path]:
    """Lend a folder `PLACE.aside-…`; what is not moved away at the end is removed.

    What dead processes left there for the same place is removed first: whoever is at work
    holds a lock on its folder, and a lock ends with its process however that ends.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    for left in place.parent.glob(f"{glob.escape(place.name)}{_ASIDE}*"):
        _remove_if_dead(left)
    folder, lock = _locked_folder(place)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        os.close(lock)


def _locked_folder(place: Path) -> tuple[Path, int]:
    while True:
        folder = place.with_name(f"{place.name}{_ASIDE}{uuid4().hex[:12]}")
        folder.mkdir()
        lock = _locked(folder, fcntl.LOCK_EX)
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:  # swept before it was locked
            os.close(lock)


def _locked(folder: Path, how: int) -> int | None:
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, how)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove_if_dead(folder: Path) -> None:
    lock = _locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if lock is not None:
        shutil.rmtree(folder, ignore_errors=True)  # another may be sweeping it too
        os.close(lock)
