"""Blobs written aside by several processes, which all come into being with few flushes.

`aside/lock` is held by whoever makes or sweeps the folders in `aside`, and each of these by
the process that collects the blobs which lie there.
"""

import ctypes
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from db.files.blobs import BlobStore, sha256_of, sync
from db.files.staged_folder import is_dead, locked, remove_dead, staged_folder


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

    What dead processes left in theirs is removed first.

    Args:
        parent: On the file system of the stores, since keeping renames.
    """
    sweep_aside(parent)
    with ExitStack() as held:
        with _parent_locked(parent):
            folder = held.enter_context(staged_folder(parent / "blobs"))
        yield folder


def sweep_aside(parent: Path) -> int:
    """Remove the folders of processes that are dead; return how many there were."""
    with _parent_locked(parent):
        return remove_dead(dead_aside(parent))


def dead_aside(parent: Path) -> list[Path]:
    """List the folders of processes that are dead."""
    return [path for path in _folders(parent) if is_dead(path)]


@contextmanager
def blobs_at_rest(parent: Path) -> Iterator[bool]:
    """Keep everybody from bringing blobs; tell whether nobody is at it already.

    Whoever brings blobs has a folder from before the first is written until the last is
    named by a row.
    """
    with _parent_locked(parent):
        yield all(is_dead(folder) for folder in _folders(parent))


@contextmanager
def _parent_locked(parent: Path) -> Iterator[None]:
    parent.mkdir(parents=True, exist_ok=True)
    lock = parent / "lock"
    lock.touch()
    with locked(lock):
        yield


def _folders(parent: Path) -> list[Path]:
    return [path for path in parent.glob("*") if path.is_dir()]


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
