"""FER2013 as it was published: a table that holds the pixels of each image."""

import csv
import io
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO

import numpy as np

from curator.core.issues import Issue
from curator.steps.images.image_codec import png
from curator.steps.importing.archives.open_collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
)
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import tells_opinions
from curator.steps.importing.sources.common.label_files import joined
from curator.steps.importing.sources.common.layout import (
    Found,
    Layout,
    first_line,
    readable_tables,
    stem,
)
from curator.steps.importing.sources.common.numbers import numbered
from curator.steps.importing.sources.common.source_entry import Entry
from curator.steps.importing.sources.common.vote_tables import ROW
from curator.steps.importing.sources.fer2013_folders import FER2013_TERMS
from curator.steps.importing.sources.ferplus import own_votes
from curator.steps.importing.sources.folders import read_folders

SIDE_PX = 48
_NUMBERS = re.compile(r"[0-9 ]+")
_WORDS = {
    "0": "angry",
    "1": "disgust",
    "2": "fear",
    "3": "happy",
    "4": "sad",
    "5": "surprise",
    "6": "neutral",
}


@dataclass(frozen=True)
class PixelsLocation:
    """The pixels of a grey image that a table holds; a PNG, always the same, when it is read.

    Attributes:
        pixels: 48 x 48 bytes, row by row.
    """

    pixels: bytes

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """Open the PNG for reading."""
        return io.BytesIO(png(np.frombuffer(self.pixels, np.uint8).reshape(SIDE_PX, SIDE_PX)))

    def reason(self, error: Exception) -> str:
        """Say why it cannot be read."""
        return f"cannot be read ({error})."


def _columns(line: str) -> dict[str, int]:
    """Find the columns of a table of pixels; empty where it is none."""
    titles = [title.strip(' "').lower() for title in line.split(",")]
    wanted = {"pixels", "emotion", "usage"}
    found = {title: place for place, title in enumerate(titles) if title in wanted}
    return found if "pixels" in found else {}


def _tables(collection: Collection) -> list[CollectionFile]:
    return [table for table in readable_tables(collection) if _columns(first_line(table))]


def _fits(collection: Collection) -> bool:
    return bool(_tables(collection))


def _read(collection: Collection, choice: SourceChoice) -> Found:
    """Make an image of each row, and join the votes of FER+ where they lie beside.

    The whole table has a column `Usage`. Others beside it, as Kaggle packs `train.csv` and
    `test.csv`, hold the same images again.
    """
    tables = _tables(collection)
    whole = [table for table in tables if "usage" in _columns(first_line(table))]
    issues = [
        Issue(table.name, f"holds images that {whole[0].name} holds too, and is left out.")
        for table in tables
        if whole and table is not whole[0]
    ]
    entries: list[Entry] = []
    for table in whole[:1] or tables:
        for one in _rows(table):
            if isinstance(one, Entry):
                entries.append(one)
            else:
                issues.append(one)
    own = own_votes(collection, choice)
    found = joined(entries, own.label_files)
    beside = read_folders(collection, choice).entries
    return Found((*found.entries, *beside), (*issues, *own.issues, *found.issues))


def _rows(table: CollectionFile) -> Iterator[Entry | Issue]:
    columns = _columns(first_line(table))
    try:
        with table.opened() as file, io.TextIOWrapper(file, "utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            next(reader, None)
            for row, values in enumerate(values for values in reader if values):
                yield _entry(table.name, reader.line_num, row, values, columns)
    except (UnreadableFileError, UnicodeDecodeError, csv.Error) as error:
        yield Issue(table.name, f"cannot be read to its end: {error}")


def _entry(
    table_name: str, line: int, row: int, values: list[str], columns: dict[str, int]
) -> Entry | Issue:
    told = {
        title: values[place].strip() if place < len(values) else ""
        for title, place in columns.items()
    }
    pixels = _pixels(told["pixels"])
    if isinstance(pixels, str):
        return Issue(f"{table_name}, line {line}", pixels)
    said, split = told.get("emotion", ""), told.get("usage", "")
    # Not called as FER+ calls images: its numbers run behind those of the rows.
    name = f"{table_name}/{stem(table_name)}_{row:05d}.png"
    return Entry(
        CollectionFile(name, len(pixels), PixelsLocation(pixels)),
        (numbered(said, _WORDS),) if said else (),
        split=split,
        details={ROW: str(row)} if split else {},
    )


def _pixels(written: str) -> bytes | str:
    """Read pixels, or say why they are none."""
    if not _NUMBERS.fullmatch(written):
        return "holds a pixel that is no whole number from 0 to 255."
    levels = np.fromstring(written, np.int64, sep=" ")  # the quickest way for 290 MB of text
    if len(levels) != SIDE_PX**2:
        return f"has {len(levels):,} pixels; {SIDE_PX} x {SIDE_PX} were expected."
    if levels.min() < 0 or levels.max() > 255:
        return "holds a pixel that is no whole number from 0 to 255."
    return levels.astype(np.uint8).tobytes()


FER2013_TABLE = Layout(
    name="fer2013",
    title="FER2013 as a table of pixels",
    terms=FER2013_TERMS,
    holds_crops=True,
    fits=_fits,
    read=_read,
    takes_table=tells_opinions,
)
