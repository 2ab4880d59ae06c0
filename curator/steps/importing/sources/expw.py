"""ExpW: `label.lst` with a box and a label for each face of an image."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from curator.core.issues import Issue
from curator.steps.importing.archives.open_collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
)
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file import box_of
from curator.steps.importing.label_file_columns import is_label_file
from curator.steps.importing.sources.common.layout import Found, Layout, begins_so, readable_tables
from curator.steps.importing.sources.common.matching import ImageNames, missing_issues
from curator.steps.importing.sources.common.numbers import numbered
from curator.steps.importing.sources.common.source_entry import Entry, Statement

_WORDS = {
    "0": "angry",
    "1": "disgust",
    "2": "fear",
    "3": "happy",
    "4": "sad",
    "5": "surprise",
    "6": "neutral",
}
_NUMBER = r"-?\d+(?:\.\d+)?"
_LINE = re.compile(
    rf"\s*(?P<image>\S.*?)\s+\d+\s+(?P<top>{_NUMBER})\s+(?P<left>{_NUMBER})\s+(?P<right>{_NUMBER})"
    rf"\s+(?P<bottom>{_NUMBER})\s+(?P<confidence>{_NUMBER})\s+(?P<label>\d+)\s*"
)
_WANTED = "is no line of ExpW: image, face, top, left, right, bottom, confidence, label."


@dataclass(frozen=True)
class _Line:
    """One face: its image, what is said of it, and how sure the makers' detector was."""

    image: str
    statement: Statement
    confidence: str


def _tables(collection: Collection) -> list[CollectionFile]:
    return [one for one in readable_tables(collection) if begins_so(one, _LINE)]


def _fits(collection: Collection) -> bool:
    return bool(_tables(collection))


def _read(collection: Collection, _: SourceChoice) -> Found:
    names = ImageNames(file.name for file in collection.images)
    lines: defaultdict[str, list[_Line]] = defaultdict(list)
    issues: list[Issue] = []
    for table in _tables(collection):
        missing: dict[str, list[str]] = {}
        for one in _lines(table):
            if isinstance(one, Issue):
                issues.append(one)
            elif len(meant := names.meant(one.image)) == 1:
                lines[meant[0]].append(one)
            else:
                missing[one.image] = meant
        issues += missing_issues(table.name, missing)
    entries = (_entry(file, lines.get(file.name, [])) for file in collection.images)
    return Found(tuple(entries), tuple(issues))


def _entry(file: CollectionFile, lines: list[_Line]) -> Entry:
    if not lines:
        return Entry(file)
    confidences = " ".join(line.confidence for line in lines)
    return Entry(
        file,
        tuple(line.statement for line in lines),
        details={"box_confidences": confidences},
    )


def _lines(table: CollectionFile) -> Iterator[_Line | Issue]:
    try:
        text = table.read().decode("utf-8-sig", "replace")
    except UnreadableFileError as error:
        yield Issue(table.name, str(error))
        return
    for place, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _line(f"{table.name}, line {place}", line)


def _line(place: str, line: str) -> _Line | Issue:
    told = _LINE.fullmatch(line)
    if told is None:
        return Issue(place, _WANTED)
    try:
        box = box_of(told["left"], told["top"], told["right"], told["bottom"])
    except ValueError:
        return Issue(f"{place} ({told['image']})", "has a box without an area.")
    statement = replace(numbered(told["label"], _WORDS), box_xyxy=box)
    return _Line(told["image"], statement, told["confidence"])


EXPW = Layout(
    name="expw",
    title="ExpW",
    terms="ExpW (Zhang et al. 2018, CUHK): non-commercial research only",
    holds_crops=False,
    fits=_fits,
    read=_read,
    takes_table=is_label_file,
)
