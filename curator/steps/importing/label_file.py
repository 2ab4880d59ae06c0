"""Read what a table says of images: labels, annotators, subjects, counted votes."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from curator.core.faces.detector import Box
from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.importing.label_file_columns import (
    BOX_THINGS,
    Head,
    check_head,
    head_of,
    vote_verdict,
)
from db.labels import Expression, Flag

FERPLUS = "FER+"
"""The annotator of votes as FER+ counts them: ten people whom nobody knows apart."""

MAX_HEAD_LETTERS = 64 * 2**10
MAX_NAME_LETTERS = 39
"""Longest name of an annotator in a label file; the source's name comes before it."""


@dataclass(frozen=True)
class LabelRow:
    """What one line of a label file says; a line that counts votes is one of these for each label.

    Attributes:
        image: The image as the label file names it, with `/`; empty in a line of counted votes
            that names none and is found by its number.
        said: The label as it is written; empty in a row that gives none.
        annotator: Who says so; empty where the label file does not tell.
        subject: The person shown; empty where the label file does not tell.
        split: The source's own split; empty where the label file does not tell.
        box_xyxy: The face meant, in pixels; None where the label file does not tell.
        voters: How many people say so; 0 for the word of one.
        verdict: What is said means; None where only its name tells.
        number: The place of the line in its table, from 0.
    """

    image: str
    said: str = ""
    annotator: str = ""
    subject: str = ""
    split: str = ""
    box_xyxy: Box | None = None
    voters: int = 0
    verdict: Expression | Flag | None = None
    number: int = 0


@dataclass(frozen=True)
class LabelFile:
    """A label file that has been read.

    Attributes:
        name: Its file's name.
        rows: In the order of the file.
        issues: One for each line that says what cannot be taken.
        counts_votes: Whether its rows are counts of people that nobody knows apart.
    """

    name: str
    rows: tuple[LabelRow, ...]
    issues: tuple[Issue, ...] = ()
    counts_votes: bool = False


def read_label_file(
    name: str, content: bytes, wanted: Mapping[str, str] | None = None
) -> LabelFile:
    """Read a label file of comma, semicolon or tab separated values with a header line.

    Columns are found by their names: see `COLUMN_NAMES`. An image and a label or a subject
    there must be; several rows for one image are several opinions. A table with an image and
    three columns or more that are named as labels counts votes. A list of `image label`
    needs no header.

    Args:
        name: What the file is called.
        content: Its bytes, UTF-8.
        wanted: Titles of columns by thing, which come before the usual names.

    Raises:
        CuratorError: It is no such file.
    """
    text = _text(name, content)
    head = head_of(text[:MAX_HEAD_LETTERS], wanted)
    check_head(name, head)
    rows: list[LabelRow] = []
    issues: list[Issue] = []
    for number, place, values in _lines(name, text, head):
        read = _votes_of if head.counts_votes else _opinion_of
        found = read(place, values, head)
        if isinstance(found, Issue):
            issues.append(found)
        else:
            rows += (replace(row, number=number) for row in found)
    return LabelFile(name, tuple(rows), tuple(issues), head.counts_votes)


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CuratorError(f"{name} is not UTF-8 text. Save it as CSV in UTF-8.") from error


def _lines(name: str, text: str, head: Head) -> Iterator[tuple[int, str, list[str]]]:
    """Yield each line's number from 0, its place for people, and its values."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=head.separator)
    number = -1 if head.has_titles else 0
    try:
        for values in reader:
            if number >= 0 and values:
                yield number, f"{name}, line {reader.line_num}", [one.strip() for one in values]
            number += 1 if values else 0
    except csv.Error as error:
        raise CuratorError(f"{name}, line {reader.line_num}: {error}. Mend that line.") from error


def _value(values: Sequence[str], place: int | None) -> str:
    return values[place] if place is not None and place < len(values) else ""


def _opinion_of(place: str, values: Sequence[str], head: Head) -> list[LabelRow] | Issue:
    told = {thing: _value(values, column) for thing, column in head.columns.items()}
    if not told["image"]:
        return Issue(place, "names no image.")
    annotator = told.get("annotator", "")
    if len(annotator) > MAX_NAME_LETTERS:
        return Issue(place, f"has an annotator's name of over {MAX_NAME_LETTERS} letters.")
    try:
        box = _box(told)
    except ValueError:
        return Issue(place, f"has a box that is none: {', '.join(told[one] for one in BOX_THINGS)}")
    return [
        LabelRow(
            image=as_path(told["image"]),
            said=told.get("label", ""),
            annotator=annotator,
            subject=told.get("subject", ""),
            split=told.get("split", ""),
            box_xyxy=box,
        )
    ]


def _box(told: Mapping[str, str]) -> Box | None:
    written = [told.get(thing, "") for thing in BOX_THINGS]
    if not all(written):
        return None
    return box_of(*written)


def box_of(x_min: str, y_min: str, x_max: str, y_max: str) -> Box:
    """Read a box as a table writes it.

    Raises:
        ValueError: It is no number, or the box has no area.
    """
    box = (float(x_min), float(y_min), float(x_max), float(y_max))
    if not (box[0] < box[2] and box[1] < box[3]):
        raise ValueError(f"`box_xyxy` must have an area. Received: {box}")
    return box


def _votes_of(place: str, values: Sequence[str], head: Head) -> list[LabelRow] | Issue:
    """Read a line of votes: how many people say each of the labels."""
    written = {said: _value(values, column) for said, column in head.votes.items()}
    if wrong := [count for count in written.values() if not count.isdecimal()]:
        return Issue(place, f"counts votes in whole numbers. Received: {wrong[0]!r}")
    image = _value(values, head.columns["image"])
    is_ferplus = "NF" in head.votes
    return [
        LabelRow(
            image=as_path(image) if image else "",
            said=said,
            annotator=FERPLUS if is_ferplus else "",
            split=_value(values, head.columns.get("split")),
            voters=int(count),
            verdict=vote_verdict(said),
        )
        for said, count in written.items()
        if int(count)
    ]


def as_path(written: str) -> str:
    """Write a path as collections do: with `/`, without `./`."""
    return PurePosixPath(written.replace("\\", "/")).as_posix()
