"""Find the label files of a collection, and join what they say to its images."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.importing.archives.open_collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
)
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file import LabelFile, LabelRow, read_label_file
from curator.steps.importing.label_file_columns import Head, head_of
from curator.steps.importing.sources.common.layout import (
    Found,
    first_line,
    first_lines,
    readable_tables,
)
from curator.steps.importing.sources.common.matching import ImageNames, matched
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from curator.steps.importing.sources.common.vote_tables import placed_votes


@dataclass(frozen=True)
class ChosenLabelFile:
    """A label file that is named or found, before it is read.

    Attributes:
        name: What people call it.
        content: Its bytes.
    """

    name: str
    content: bytes


def chosen_files(collection: Collection, choice: SourceChoice) -> list[ChosenLabelFile]:
    """Read the files that are chosen as label files, by path or inside the collection.

    Raises:
        CuratorError: One is nowhere, or cannot be read.
    """
    return [_chosen_file(path, collection) for path in choice.label_files]


def _chosen_file(path: Path, collection: Collection) -> ChosenLabelFile:
    inside = {file.name: file for file in collection.tables}
    try:
        if path.is_file():
            return ChosenLabelFile(path.name, path.read_bytes())
        if path.as_posix() in inside:
            return ChosenLabelFile(path.name, inside[path.as_posix()].read())
    except (OSError, UnreadableFileError) as error:
        raise CuratorError(f"The label file {path} cannot be read: {error}") from error
    raise CuratorError(f"There is no label file {path}, neither by that path nor among the images.")


def chosen_label_files(collection: Collection, choice: SourceChoice) -> list[LabelFile]:
    """Read the label files that are chosen.

    Raises:
        CuratorError: One is nowhere, cannot be read, or is no label file.
    """
    files = chosen_files(collection, choice)
    return [read_label_file(file.name, file.content, choice.columns) for file in files]


@dataclass(frozen=True)
class OwnLabelFiles:
    """The label files that lie among the images and that nobody named.

    Attributes:
        label_files: In the order of their names.
        issues: Which of them cannot be read, or say the same twice.
    """

    label_files: tuple[LabelFile, ...] = ()
    issues: tuple[Issue, ...] = ()


def own_label_files(
    collection: Collection, choice: SourceChoice, tables: Iterable[CollectionFile]
) -> OwnLabelFiles:
    """Read the label files that lie among the images, but for those that are chosen anyway.

    Args:
        collection: The collection.
        choice: What names columns and legends.
        tables: Those of its tables that are label files by their first line.
    """
    chosen = {file.content for file in chosen_files(collection, choice)}
    read: dict[bytes, str] = {}
    label_files: list[LabelFile] = []
    issues: list[Issue] = []
    for table in tables:
        try:
            content = table.read()
            if content in read:
                issues.append(Issue(table.name, f"is the same as {read[content]}: left out."))
            elif content not in chosen:
                read[content] = table.name
                label_files.append(read_label_file(table.name, content, choice.columns))
        except (CuratorError, UnreadableFileError) as error:
            issues.append(Issue(table.name, f"is left out: {error}"))
    return OwnLabelFiles(tuple(label_files), tuple(issues))


def tables_with(
    collection: Collection, choice: SourceChoice, is_wanted: Callable[[Head], bool]
) -> list[CollectionFile]:
    """List the tables whose first line is as wanted."""
    return [
        table
        for table in readable_tables(collection)
        if is_wanted(head_of(first_line(table), choice.columns))
    ]


def tables_about(
    image_names: Iterable[str], tables: Sequence[CollectionFile], choice: SourceChoice
) -> list[CollectionFile]:
    """List those of some label files whose beginning names an image that is there."""
    names = ImageNames(image_names if tables else ())
    return [table for table in tables if _names_some(table, names, choice)]


def _names_some(table: CollectionFile, names: ImageNames, choice: SourceChoice) -> bool:
    try:
        label_file = read_label_file(table.name, first_lines(table).encode(), choice.columns)
    except CuratorError:  # whoever reads it whole reports it
        return False
    return any(names.meant(row.image) for row in label_file.rows)


def joined(entries: Sequence[Entry], label_files: Iterable[LabelFile]) -> Found:
    """Add to entries what legends say of them, in the order of the legends."""
    issues: list[Issue] = []
    placed: list[LabelFile] = []
    for label_file in label_files:
        issues += label_file.issues
        if label_file.counts_votes:
            votes = placed_votes(label_file, entries)
            placed.append(votes.label_file)
            issues += votes.issues
        else:
            placed.append(label_file)
    matches = matched(placed, (entry.file.name for entry in entries))
    issues += matches.issues
    joined_entries = []
    for entry in entries:
        rows = matches.rows.get(entry.file.name, ())
        issues += _contradictions(entry, rows)
        joined_entries.append(_with_rows(entry, rows))
    return Found(tuple(joined_entries), tuple(issues))


def _with_rows(entry: Entry, rows: Sequence[LabelRow]) -> Entry:
    if not rows:
        return entry
    return replace(
        entry,
        statements=(*entry.statements, *(_statement(row) for row in rows if _says(row))),
        subject=entry.subject or next((row.subject for row in rows if row.subject), ""),
        split=next((row.split for row in rows if row.split), entry.split),
    )


def _says(row: LabelRow) -> bool:
    return bool(row.said) or row.box_xyxy is not None


def _statement(row: LabelRow) -> Statement:
    return Statement(row.said, row.verdict, row.annotator, row.box_xyxy, row.voters)


def _contradictions(entry: Entry, rows: Sequence[LabelRow]) -> list[Issue]:
    """Report an image that is said to show two persons; rows about boxes may well do so."""
    told = [entry.subject, *(row.subject for row in rows if row.box_xyxy is None)]
    subjects = list(dict.fromkeys(subject for subject in told if subject))
    if len(subjects) < 2:
        return []
    reason = f"is said to show {' and '.join(subjects)}; {subjects[0]} stays."
    return [Issue(entry.file.name, reason)]
