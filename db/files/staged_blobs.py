"""Blobs written aside by several processes, which all come into being with few flushes.

`aside/lock` is held by whoever makes or sweeps the folders in `aside`, and the file `lock` in
each of these by the process that collects the blobs which lie there.
"""

import ctypes
import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from db.files.blobs import BlobStore, sha256_of, sync

_LOCK = "lock"


@dataclass(frozen=True)
class AsideBlob:
    """A blob that is written and not kept yet.

    Attributes:
        sha256: The hash of its bytes.
        file: Where they lie aside; None when the store has them already.
        kept: Where they are to lie.
    """

    sha256: str
    file: Path | None
    kept: Path


@contextmanager
def aside_folder(parent: Path) -> Iterator[Path]:
    """Lend a folder for blobs on their way; what is not kept at the end is removed.

    What dead processes left in theirs is removed first: whoever is at work holds the lock
    of its folder, and a lock ends with its process however that ends.

    Args:
        parent: On the file system of the stores, since keeping renames.
    """
    sweep_aside(parent)
    folder = parent / str(uuid4())
    with ExitStack() as held:
        with _locked(parent):
            folder.mkdir()
            held.enter_context(_locked(folder))
        try:
            yield folder
        finally:
            _remove(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sweep_aside(parent: Path) -> int:
    """Remove the folders of processes that are dead; return how many there were."""
    parent.mkdir(parents=True, exist_ok=True)
    with _locked(parent):
        return sum(_removed_if_dead(path.parent) for path in parent.glob(f"*/{_LOCK}"))


def _removed_if_dead(folder: Path) -> bool:
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        _remove(folder)
        return True


def _remove(folder: Path) -> None:
    # By another name, so that a process that still writes there finds no place to.
    gone = folder.with_name(f"gone-{folder.name}")
    folder.rename(gone)
    shutil.rmtree(gone)


def put_aside(folder: Path, store: BlobStore, content: bytes) -> AsideBlob:
    """Write bytes aside unless the store has them.

    The same bytes written twice before they are kept are two files: the one may be kept
    while the other is still on its way.
    """
    sha256 = sha256_of(content)
    kept = store.path(sha256)
    if kept.exists():
        return AsideBlob(sha256, None, kept)
    file = folder / str(uuid4())
    file.write_bytes(content)
    return AsideBlob(sha256, file, kept)


def keep_aside(folder: Path, blobs: Iterable[AsideBlob]) -> None:
    """Bring blobs to their places: each is there whole or not at all, whatever happens.

    All bytes are flushed to disk before the first blob gets its name, and all names before
    this returns, so that a row may name them.
    """
    new = {blob.kept: blob.file for blob in blobs if blob.file is not None}
    if not new:
        return
    sync_all(folder, new.values())
    for kept, file in new.items():
        kept.parent.mkdir(parents=True, exist_ok=True)
        file.replace(kept)
    sync_all(folder, {kept.parent for kept in new})


def sync_all(folder: Path, paths: Iterable[Path]) -> None:
    """Flush files and folders to disk, by one call to the file system where it has one.

    Args:
        folder: Any folder on their file system.
        paths: What is flushed one by one where there is no such call.

    Raises:
        OSError: The disk refuses them.
    """
    flush = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if flush is None:
        for path in paths:
            sync(path)
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if flush(handle):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(folder))
    finally:
        os.close(handle)
