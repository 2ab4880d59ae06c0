"""Open what images come in as: a folder, an archive or a table; nothing leads outside it."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
    max_bytes,
    too_large,
)
from curator.steps.importing.archives.file_names import ARCHIVE_SUFFIXES, TABLE_SUFFIXES, suffix_of
from curator.steps.importing.archives.folder_files import folder_files, single_file
from curator.steps.importing.archives.tar_files import is_tar, plain_tar, tar_files
from curator.steps.importing.archives.zip_files import close_zips, is_zip, zip_files

__all__ = ["Collection", "CollectionFile", "UnreadableFileError", "opened_collection"]

MAX_FILES = 2_000_000
MAX_TOTAL_BYTES = 100 * 2**30
MAX_RATIO = 200
"""Most bytes that a byte of an archive may become. Images can hardly be packed; bombs can."""

SMALL_BYTES = 2**30
"""What an archive may become whatever its ratio: tables of pixels pack well."""


@contextmanager
def opened_collection(
    origin: Path, *, scratch: Path | None = None, max_total_bytes: int = MAX_TOTAL_BYTES
) -> Iterator[Collection]:
    """Open a folder, a zip, a tar, or a table or an image that comes alone.

    A zip and a tar are read where they lie; a compressed tar is unpacked once and removed
    at the end. Hidden files and files of other kinds are passed over in silence.

    Args:
        origin: What to open.
        scratch: The folder to unpack a compressed tar in; the system's own when None.
        max_total_bytes: Most bytes that the files may have together, unpacked.

    Raises:
        CuratorError: `origin` is none of these, cannot be read, or holds too much.
    """
    with ExitStack() as stack:
        try:
            collection = _opened(origin, scratch, max_total_bytes, stack)
        except OSError as error:
            raise CuratorError(f"{origin} cannot be read: {error.strerror}.") from error
        yield collection


def _opened(
    origin: Path, scratch: Path | None, max_total_bytes: int, stack: ExitStack
) -> Collection:
    if origin.is_dir():
        return _checked(origin, folder_files(origin), max_total_bytes)
    if not origin.is_file():
        raise CuratorError(_unknown(origin))
    most_bytes = min(max_total_bytes, max(SMALL_BYTES, MAX_RATIO * origin.stat().st_size))
    return _checked(origin, _found(origin, scratch, most_bytes, stack), most_bytes)


def _found(
    origin: Path, scratch: Path | None, most_bytes: int, stack: ExitStack
) -> Iterable[CollectionFile | Issue]:
    if is_zip(origin):
        stack.callback(close_zips)
        return zip_files(origin)
    if is_tar(origin):
        return tar_files(stack.enter_context(plain_tar(origin, scratch, most_bytes)))
    if suffix_of(origin.name) in TABLE_SUFFIXES | IMAGE_SUFFIXES:
        return [single_file(origin)]
    raise CuratorError(_unknown(origin))


def _unknown(origin: Path) -> str:
    return (
        "Expected a folder, a zip, a tar (also .tar.gz, .tar.bz2 or .tar.xz), a table or an "
        f"image. Received: {origin}"
    )


def _checked(origin: Path, found: Iterable[CollectionFile | Issue], most_bytes: int) -> Collection:
    kept = [_kept(one) for one in islice(found, MAX_FILES + 1)]
    if len(kept) > MAX_FILES:
        raise CuratorError(f"{origin} holds more than {MAX_FILES:,} files. Import it in parts.")
    files, doubles = _told_apart(one for one in kept if isinstance(one, CollectionFile))
    total = sum(file.size_bytes for file in files)
    if total > most_bytes:
        raise CuratorError(
            f"{origin} holds {total:,} bytes unpacked; "
            f"at most {most_bytes:,} are taken at once. Import it in parts."
        )
    issues = [*doubles, *(one for one in kept if isinstance(one, Issue))]
    return Collection(
        images=tuple(file for file in files if suffix_of(file.name) in IMAGE_SUFFIXES),
        tables=tuple(file for file in files if suffix_of(file.name) in TABLE_SUFFIXES),
        issues=tuple(sorted(issues, key=lambda issue: issue.item)),
    )


def _told_apart(files: Iterable[CollectionFile]) -> tuple[list[CollectionFile], list[Issue]]:
    """Put the files in the order of their names; of those of one name the first stays."""
    by_name: dict[str, CollectionFile] = {}
    doubles = [
        Issue(file.name, "comes more than once by this name; the first goes in.")
        for file in files
        if by_name.setdefault(file.name, file) is not file
    ]
    return [by_name[name] for name in sorted(by_name)], doubles


def _kept(one: CollectionFile | Issue) -> CollectionFile | Issue:
    if isinstance(one, Issue):
        return one
    if suffix_of(one.name) in ARCHIVE_SUFFIXES:
        return Issue(one.name, "is packed inside. Unpack it, or import it by itself.")
    if one.size_bytes > max_bytes(one.name):
        return Issue(one.name, too_large(one.size_bytes, max_bytes(one.name)))
    return one
