"""What every layout has in common, and what the layouts read with."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from curator.core.issues import Issue
from curator.steps.importing.archives.file_names import suffix_of
from curator.steps.importing.archives.open_collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
)
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import Head
from curator.steps.importing.sources.common.source_entry import Entry

MOST_TEXTS = 100
"""Where more `.txt` files lie about, each goes with an image and none is a table."""

HEAD_BYTES = 64 * 2**10
"""So many bytes of a table tell what it is."""

FIRST_LINES = 20
"""So many lines of a list tell what it is."""

SPLIT_NAMES = frozenset(
    {"train", "training", "trainset", "test", "testing", "testset"}
    | {"val", "valid", "validation", "valset", "dev", "publictest", "privatetest"}
    | {"fer2013train", "fer2013valid", "fer2013test"}
)
"""Names of folders that tell a split, in lower case and without `_`, `-` or space."""


@dataclass(frozen=True)
class Found:
    """What a layout reads, before the words of people are joined to it.

    Attributes:
        entries: Each image once, in any order. A statement's verdict is what the layout's
            own label file of numbers makes of it, or None where only its name tells.
        issues: What was left out, and why.
    """

    entries: tuple[Entry, ...]
    issues: tuple[Issue, ...] = ()


def _takes_none(_: Head) -> bool:
    return False


@dataclass(frozen=True)
class Layout:
    """One way in which collections are laid out.

    Attributes:
        name: The key of `LAYOUTS`.
        title: What people call it.
        terms: The terms of use as its makers publish them, to be checked; empty for none.
        holds_crops: Whether each image is one face already; None where only the sizes of
            the images tell.
        fits: Says from the names and the first lines of tables whether a collection is laid
            out so.
        read: Reads all of it.
        takes_table: Says by the first line of a table whether the table is one of people's
            own, to be joined to what the layout reads.
    """

    name: str
    title: str
    terms: str
    holds_crops: bool | None
    fits: Callable[[Collection], bool]
    read: Callable[[Collection, SourceChoice], Found]
    takes_table: Callable[[Head], bool] = _takes_none


def stem(name: str) -> str:
    """Return the last part of a path without its suffix."""
    return PurePosixPath(name).stem


def folders_of(name: str) -> tuple[str, ...]:
    """Return the folders that a file lies in, the outermost first."""
    return PurePosixPath(name).parts[:-1]


def mostly_named(files: Iterable[CollectionFile], pattern: re.Pattern[str]) -> bool:
    """Say whether at least half of the files, and one, are named so; suffixes do not count."""
    named = [bool(pattern.fullmatch(stem(file.name))) for file in files]
    return sum(named) > 0 and 2 * sum(named) >= len(named)


def is_split_name(folder: str) -> bool:
    """Say whether a folder's name tells a split.

    Example:
        >>> [is_split_name(name) for name in ("Private_Test", "train", "trainer")]
        [True, True, False]
    """
    return re.sub(r"[\s_-]+", "", folder).lower() in SPLIT_NAMES


def split_of(name: str) -> str:
    """Find the split in an image's path, in the source's word; empty for none."""
    return next((part for part in reversed(folders_of(name)) if is_split_name(part)), "")


def readable_tables(collection: Collection) -> list[CollectionFile]:
    """List the files that may be tables of many images, with the texts left out beside each."""
    texts = [file for file in collection.tables if suffix_of(file.name) == ".txt"]
    if len(texts) <= MOST_TEXTS:
        return list(collection.tables)
    return [file for file in collection.tables if suffix_of(file.name) != ".txt"]


def first_lines(table: CollectionFile) -> str:
    """Read the whole lines that a table begins with; empty where it cannot be read."""
    try:
        start = _start(table)
    except UnreadableFileError:  # `unreadable_tables` reports it
        return ""
    text = start.decode("utf-8-sig", "replace")
    return text if len(start) < HEAD_BYTES else text.rpartition("\n")[0] or text


def _start(table: CollectionFile) -> bytes:
    with table.opened() as file:
        return file.read(HEAD_BYTES)


def unreadable_tables(collection: Collection) -> list[Issue]:
    """Report the tables of which not even the beginning can be read."""
    issues = []
    for table in readable_tables(collection):
        try:
            _start(table)
        except UnreadableFileError as error:
            issues.append(Issue(table.name, str(error)))
    return issues


def begins_so(table: CollectionFile, pattern: re.Pattern[str]) -> bool:
    """Say whether one of the first lines of a table is as a pattern says; one may be bad."""
    return any(pattern.fullmatch(line) for line in first_lines(table).splitlines()[:FIRST_LINES])


def first_line(table: CollectionFile) -> str:
    """Read the first line of a table; empty where it cannot be read."""
    return re.split(r"[\r\n]", first_lines(table), maxsplit=1)[0]
