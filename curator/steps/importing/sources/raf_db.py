"""RAF-DB: `train_00001_aligned.jpg`, labelled by number in a list, a CSV or the folders."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.importing.archives.open_collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
)
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file import read_label_file
from curator.steps.importing.label_file_columns import Head
from curator.steps.importing.sources.common.layout import (
    Found,
    Layout,
    begins_so,
    folders_of,
    mostly_named,
    readable_tables,
    stem,
)
from curator.steps.importing.sources.common.matching import missing_issues
from curator.steps.importing.sources.common.numbers import numbered
from curator.steps.importing.sources.common.source_entry import Entry

_WORDS = {
    "1": "surprise",
    "2": "fear",
    "3": "disgust",
    "4": "happiness",
    "5": "sadness",
    "6": "anger",
    "7": "neutral",
}
_COMPOUND_WORDS = {
    "1": "happily surprised",
    "2": "happily disgusted",
    "3": "sadly fearful",
    "4": "sadly angry",
    "5": "sadly surprised",
    "6": "sadly disgusted",
    "7": "fearfully angry",
    "8": "fearfully surprised",
    "9": "angrily surprised",
    "10": "angrily disgusted",
    "11": "disgustedly surprised",
}
_NAME = re.compile(r"((train|test)_\d{4,5})(_aligned)?", re.IGNORECASE)
_ALIGNED = re.compile(r"(train|test)_\d{4,5}_aligned", re.IGNORECASE)
_WANTED = "is no image and its number, such as train_00001.jpg 5."
_LINE = re.compile(r"\s*((?:train|test)_\d{4,5})(?:_aligned)?\.jpe?g\s+(\d+)\s*", re.IGNORECASE)


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, _NAME) and (
        mostly_named(collection.images, _ALIGNED) or bool(_lists(collection))
    )


def _lists(collection: Collection) -> list[CollectionFile]:
    """List `list_patition_label.txt` and whatever else lists images of RAF-DB by number."""
    return [one for one in readable_tables(collection) if begins_so(one, _LINE)]


def _read(collection: Collection, _: SourceChoice) -> Found:
    """Label each image by what the lists say of it, with the folder's number if they do not.

    The same list is for the aligned images and for the originals, which may both be there.
    """
    said: defaultdict[str, list[str]] = defaultdict(list)
    issues: list[Issue] = []
    for one in _lines(collection):
        if isinstance(one, Issue):
            issues.append(one)
        elif one[1] not in said[one[0]]:
            said[one[0]].append(one[1])
    words = _words(number for numbers in said.values() for number in numbers)
    entries = [_entry(file, said, words) for file in collection.images]
    there = {_number_of(entry.file) for entry in entries}
    missing: dict[str, list[str]] = {f"{name}.jpg": [] for name in said if name not in there}
    return Found(tuple(entries), (*issues, *missing_issues("RAF-DB's list", missing)))


def _words(numbers: Iterable[str]) -> Mapping[str, str]:
    """Choose the legend: numbers above 7 are those of RAF-DB's compound expressions."""
    is_compound = any(number not in _WORDS and number in _COMPOUND_WORDS for number in numbers)
    return _COMPOUND_WORDS if is_compound else _WORDS


def _entry(file: CollectionFile, said: Mapping[str, list[str]], words: Mapping[str, str]) -> Entry:
    named = _NAME.fullmatch(stem(file.name))
    if named is None:
        return Entry(file)
    folder = next((one for one in reversed(folders_of(file.name)) if one in words), None)
    numbers = said.get(named[1].lower()) or ([folder] if folder else [])
    statements = tuple(numbered(number, words) for number in numbers)
    return Entry(file, statements, split=named[2].lower())


def _number_of(file: CollectionFile) -> str:
    named = _NAME.fullmatch(stem(file.name))
    return named[1].lower() if named else ""


def _lines(collection: Collection) -> Iterator[tuple[str, str] | Issue]:
    """Yield the name and the number of each line of the lists and of the tables."""
    lists = _lists(collection)
    for table in lists:
        yield from _list_lines(table)
    for table in readable_tables(collection):
        if table not in lists and _is_label_table(table):
            yield from _table_lines(table)


def _list_lines(table: CollectionFile) -> Iterator[tuple[str, str] | Issue]:
    try:
        text = table.read().decode("utf-8-sig", "replace")
    except UnreadableFileError as error:
        yield Issue(table.name, str(error))
        return
    for place, line in enumerate(text.splitlines(), start=1):
        named = _LINE.fullmatch(line)
        if named:
            yield named[1].lower(), named[2]
        elif line.strip():
            yield Issue(f"{table.name}, line {place}", _WANTED)


def _is_label_table(table: CollectionFile) -> bool:
    return stem(table.name).lower() in {"train_labels", "test_labels"}


def _table_lines(table: CollectionFile) -> Iterator[tuple[str, str] | Issue]:
    try:
        label_file = read_label_file(table.name, table.read())
    except (CuratorError, UnreadableFileError) as error:
        yield Issue(table.name, f"is left out: {error}")
        return
    yield from label_file.issues
    for row in label_file.rows:
        named = _NAME.fullmatch(stem(row.image))
        yield (
            (named[1].lower(), row.said)
            if named
            else Issue(f"{table.name} ({row.image})", "is no image of RAF-DB.")
        )


def _is_by_people(head: Head) -> bool:
    """Say whether a table is none of RAF-DB's own, which name no annotator."""
    return head.is_label_file and "annotator" in head.columns


RAF_DB = Layout(
    name="raf-db",
    title="RAF-DB",
    terms="RAF-DB (Li, Deng, Du 2017): on request; non-commercial research only",
    # The aligned images are crops, the originals are not: their sizes tell.
    holds_crops=None,
    fits=_fits,
    read=_read,
    takes_table=_is_by_people,
)
