"""Find the image that each line of counted votes is about: by its name, or by its number."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from curator.core.issues import Issue
from curator.steps.importing.label_file import FERPLUS, LabelFile, LabelRow
from curator.steps.importing.sources.common.layout import stem
from curator.steps.importing.sources.common.source_entry import Entry
from db.labels import Expression

ROW = "row"
"""The detail of an image made from a line of a table: the line's number, from 0."""

LIKELY_AGREEMENT = 0.4
"""FER2013 and FER+ mostly agree; labels of other images do in one of five."""

ENOUGH_ROWS = 100

_FERPLUS_NAME = re.compile(r"fer(\d{7})", re.IGNORECASE)


@dataclass(frozen=True)
class PlacedVotes:
    """Counted votes, each with the name of its image.

    Attributes:
        label_file: Its rows all name an image.
        issues: What is left out, and why.
    """

    label_file: LabelFile
    issues: tuple[Issue, ...] = ()


def placed_votes(label_file: LabelFile, entries: Sequence[Entry]) -> PlacedVotes:
    """Name the image that each line of votes is about.

    FER+ has one line for each of FER2013, in the same order. It also names images, but the
    numbers in the names are not those of the lines: most run behind them, by up to 85, since
    what shows no face was passed over, and four names stand in two lines. So images made
    from FER2013's lines go by the line; images that FER+'s own script wrote go by the name,
    and of two lines by the last, whose pixels it wrote last.
    """
    by_row = {int(entry.details[ROW]): entry for entry in entries if ROW in entry.details}
    if by_row:
        return _by_row(label_file, by_row)
    by_number = _numbered_by_row(label_file, entries)
    if by_number:
        reason = "is taken line by line: the images bear the numbers of FER2013's lines."
        return PlacedVotes(_renamed(label_file, by_number), (Issue(label_file.name, reason),))
    return _by_name(label_file)


def _by_name(label_file: LabelFile) -> PlacedVotes:
    last = {row.image: row.number for row in label_file.rows}
    unnamed = {row.number for row in label_file.rows if not row.image}
    earlier = {row.image for row in label_file.rows if _is_earlier(row, last)} - {""}
    rows = tuple(row for row in label_file.rows if row.image and not _is_earlier(row, last))
    issues = [
        Issue(label_file.name, f"names {image} in several lines; the last one counts.")
        for image in sorted(earlier)
    ]
    if unnamed:
        reason = f"names no image in {len(unnamed):,} of its lines; they are left out."
        issues.append(Issue(label_file.name, reason))
    return PlacedVotes(replace(label_file, rows=rows), tuple(issues))


def _is_earlier(row: LabelRow, last: Mapping[str, int]) -> bool:
    """Say whether FER+ names the row's image again further down."""
    return row.annotator == FERPLUS and row.number < last[row.image]


def _renamed(label_file: LabelFile, names: Mapping[int, str]) -> LabelFile:
    """Name lines by their number, also those whose image lacks: FER+'s name is another's."""
    rows = (
        replace(row, image=names.get(row.number) or f"fer{row.number:07d}.png")
        for row in label_file.rows
    )
    return replace(label_file, rows=tuple(rows))


def _by_row(label_file: LabelFile, by_row: Mapping[int, Entry]) -> PlacedVotes:
    there = [(row, by_row[row.number]) for row in label_file.rows if row.number in by_row]
    doubt = _other_split(there) or _other_labels(there)
    if doubt:
        left = replace(label_file, rows=())
        return PlacedVotes(left, (Issue(label_file.name, f"{doubt} Its votes are left out."),))
    there_rows = replace(label_file, rows=tuple(row for row, _ in there))
    names = {number: entry.file.name for number, entry in by_row.items()}
    absent = {row.number for row in label_file.rows} - set(by_row)
    reason = f"has {len(absent):,} lines about rows that are not there."
    return PlacedVotes(
        _renamed(there_rows, names), (Issue(label_file.name, reason),) if absent else ()
    )


def _other_split(there: Iterable[tuple[LabelRow, Entry]]) -> str:
    for row, entry in there:
        if row.split and entry.split and row.split != entry.split:
            return (
                f"is of other rows: line {row.number + 2} is {row.split} there, "
                f"and the table of pixels has {entry.split}."
            )
    return ""


def _other_labels(there: Iterable[tuple[LabelRow, Entry]]) -> str:
    """Doubt that votes are about the rows beside them, whose labels they contradict."""
    most: dict[int, tuple[LabelRow, Entry]] = {}
    for row, entry in there:
        if row.number not in most or row.voters > most[row.number][0].voters:
            most[row.number] = row, entry
    alike = [
        row.verdict == entry.statements[0].verdict
        for row, entry in most.values()
        if isinstance(row.verdict, Expression) and entry.statements
    ]
    if len(alike) < ENOUGH_ROWS or sum(alike) >= LIKELY_AGREEMENT * len(alike):
        return ""
    return f"agrees with {sum(alike) / len(alike):.0%} of the labels only: it is in another order."


def _numbered_by_row(label_file: LabelFile, entries: Iterable[Entry]) -> dict[int, str]:
    """Find images that somebody numbered by FER2013's lines; empty where FER+ named them.

    They are known by an image that FER+, all of it, does not name.
    """
    named = {stem(row.image).lower() for row in label_file.rows if row.image}
    if all(row.image for row in label_file.rows):
        return {}
    numbers = {
        int(name[1]): entry.file.name
        for entry in entries
        if (name := _FERPLUS_NAME.fullmatch(stem(entry.file.name)))
    }
    last = max(row.number for row in label_file.rows)
    is_by_row = any(f"fer{number:07d}" not in named for number in numbers if number <= last)
    return numbers if is_by_row else {}
