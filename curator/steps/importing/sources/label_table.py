"""Images beside a table that says what they show: image, label, annotator, subject."""

from collections.abc import Mapping
from dataclasses import replace

from curator.core.issues import Issue
from curator.steps.importing.archives.open_collection import Collection, CollectionFile
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import tells_labels, tells_no_labels
from curator.steps.importing.sources.common.label_files import (
    joined,
    own_label_files,
    tables_about,
    tables_with,
)
from curator.steps.importing.sources.common.layout import Found, Layout, split_of
from curator.steps.importing.sources.common.numbers import numbered, word_for, words_beside
from curator.steps.importing.sources.common.source_entry import Entry
from curator.steps.importing.sources.folders import FOLDERS, read_folders
from db.labels import verdict_named


def _fits(collection: Collection) -> bool:
    choice = SourceChoice("unnamed")
    tables = tables_with(collection, choice, tells_labels)
    return bool(tables_about((file.name for file in collection.images), tables, choice))


def read_label_tables(collection: Collection, choice: SourceChoice) -> Found:
    """Read the tables among the images; of images that they say nothing of the folders count.

    Those that a person names are joined later, by whoever joins what people name.
    """
    own = own_label_files(collection, choice, tables_with(collection, choice, tells_labels))
    by_folder = _by_folder(collection, choice)
    words = words_beside(collection)
    found = joined([_bare(file) for file in collection.images], own.label_files)
    entries = [
        _with_words(entry, words)
        if entry.statements
        else _with_folder(entry, by_folder.get(entry.file.name))
        for entry in found.entries
    ]
    others = _others(found.entries, by_folder)
    return Found(tuple(entries), (*own.issues, *found.issues, *others))


def _bare(file: CollectionFile) -> Entry:
    return Entry(file, split=split_of(file.name))


def _with_words(entry: Entry, words: Mapping[str, str]) -> Entry:
    """Say what the numbers in a table mean where a small file beside it tells."""
    statements = (
        replace(one, said=(known := numbered(one.said, words)).said, verdict=known.verdict)
        if one.verdict is None and word_for(one.said, words)
        else one
        for one in entry.statements
    )
    return replace(entry, statements=tuple(statements)) if words else entry


def _by_folder(collection: Collection, choice: SourceChoice) -> dict[str, Entry]:
    if not FOLDERS.fits(collection):
        return {}
    found = read_folders(collection, choice)
    return {entry.file.name: entry for entry in found.entries if entry.statements}


def _with_folder(entry: Entry, by_folder: Entry | None) -> Entry:
    if by_folder is None:
        return entry
    return replace(entry, statements=by_folder.statements)


def _others(entries: tuple[Entry, ...], by_folder: dict[str, Entry]) -> list[Issue]:
    """Report images whose folder says another label than the tables."""
    others = []
    for entry in entries:
        folder = by_folder.get(entry.file.name)
        meant = {verdict_named(one.said) for one in entry.statements} - {None}
        if folder and meant and verdict_named(folder.statements[0].said) not in {*meant, None}:
            others.append(entry.file.name)
    if not others:
        return []
    reason = f"says another label than the tables ({len(others):,} images); the tables count."
    return [Issue(f"The folder of {others[0]}", reason)]


LABEL_TABLE = Layout(
    name="legend",
    title="Images with a table of labels",
    terms="",
    holds_crops=None,
    fits=_fits,
    read=read_label_tables,
    takes_table=tells_no_labels,
)
