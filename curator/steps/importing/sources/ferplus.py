"""FER+: the images that its script writes, `fer0000000.png`, and the votes of ten people."""

import re

from curator.steps.importing.archives.open_collection import Collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import Head, head_of, tells_opinions
from curator.steps.importing.sources.common.label_files import (
    OwnLabelFiles,
    chosen_label_files,
    joined,
    own_label_files,
    tables_with,
)
from curator.steps.importing.sources.common.layout import (
    Found,
    Layout,
    first_line,
    mostly_named,
    readable_tables,
    split_of,
)
from curator.steps.importing.sources.common.source_entry import Entry
from curator.steps.importing.sources.fer2013_folders import FER2013_TERMS

_NAME = re.compile(r"fer\d{7}", re.IGNORECASE)
FERPLUS_TERMS = f"Votes of FER+ (Barsoum et al. 2016): MIT; images: {FER2013_TERMS}"


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, _NAME) and any(
        _counts_votes(head_of(first_line(table))) for table in readable_tables(collection)
    )


def _counts_votes(head: Head) -> bool:
    return head.counts_votes


def own_votes(collection: Collection, choice: SourceChoice) -> OwnLabelFiles:
    """Read the votes among the images, each once.

    `fer2013new.csv` holds all; only where it lacks are `label.csv`, which FER+'s script
    writes into each folder, read. Votes that a person names as a label file are those meant.
    """
    if any(label_file.counts_votes for label_file in chosen_label_files(collection, choice)):
        return OwnLabelFiles()
    full = tables_with(collection, choice, lambda head: head.counts_votes and head.has_titles)
    tables = full or tables_with(collection, choice, _counts_votes)
    return own_label_files(collection, choice, tables)


def _read(collection: Collection, choice: SourceChoice) -> Found:
    own = own_votes(collection, choice)
    entries = [Entry(file, split=split_of(file.name)) for file in collection.images]
    found = joined(entries, own.label_files)
    return Found(found.entries, (*own.issues, *found.issues))


FER_PLUS = Layout(
    name="fer-plus",
    title="FER+ votes with its images",
    terms=FERPLUS_TERMS,
    holds_crops=True,
    fits=_fits,
    read=_read,
    takes_table=tells_opinions,
)
