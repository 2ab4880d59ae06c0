"""Read what a CSV legend says of images: labels, annotators, subjects."""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from curator.core.issues import Issue
from curator.errors import CuratorError
from db.labels import Expression, expression_named

COLUMN_NAMES = {
    "image": ("image", "file", "filename", "file_name", "path", "name"),
    "label": ("label", "emotion", "expression"),
    "annotator": ("annotator", "user.id", "user_id", "user", "rater"),
    "subject": ("subject", "person"),
}
"""Names that a column may go by, the best first."""

MAX_NAME_LETTERS = 39
"""Longest name of an annotator in a legend; the source's name comes before it."""

FEW = 10
"""Up to so many images that are not there are named each."""


@dataclass(frozen=True)
class LegendRow:
    """One line of a legend.

    Attributes:
        image: The image as the legend names it, with `/`.
        label: The label, or None in a row that gives only a subject.
        annotator: Who says so; empty where the legend does not tell.
        subject: The person shown; empty where the legend does not tell.
    """

    image: str
    label: Expression | None
    annotator: str
    subject: str


@dataclass(frozen=True)
class Legend:
    """A legend that has been read.

    Attributes:
        name: Its file's name.
        rows: In the order of the file.
        issues: One for each line that says what cannot be taken.
    """

    name: str
    rows: tuple[LegendRow, ...]
    issues: tuple[Issue, ...]


def read_legend(name: str, content: bytes) -> Legend:
    """Read a legend of comma, semicolon or tab separated values with a header line.

    Columns are found by their names, whatever their case: see `COLUMN_NAMES`. An image
    and a label or a subject there must be; several rows for one image are several opinions.

    Args:
        name: What the file is called.
        content: Its bytes, UTF-8.

    Raises:
        CuratorError: It is no such file.
    """
    text = _text(name, content)
    first_line = text.partition("\n")[0]
    separator = max(",;\t", key=first_line.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = _columns(name, reader.fieldnames or ())
        found = [_row(name, reader.line_num, line, columns) for line in reader]
    except csv.Error as error:
        raise CuratorError(
            f"{name}, line {reader.line_num + 1}: {error}. Mend that line."
        ) from error
    rows = tuple(one for one in found if isinstance(one, LegendRow))
    return Legend(name, rows, tuple(one for one in found if isinstance(one, Issue)))


def _text(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CuratorError(f"{name} is not UTF-8 text. Save it as CSV in UTF-8.") from error


def _columns(name: str, header: Sequence[str]) -> dict[str, str]:
    """Find the column for each thing a legend can say."""
    by_lower = {title.strip().lower(): title for title in reversed(header)}
    columns = {
        thing: by_lower[known[0]]
        for thing, names in COLUMN_NAMES.items()
        if (known := [name for name in names if name in by_lower])
    }
    if "image" not in columns or not {"label", "subject"} & set(columns):
        raise CuratorError(
            f"{name} needs a column for the image ({', '.join(COLUMN_NAMES['image'])}) and one "
            f"for the label ({', '.join(COLUMN_NAMES['label'])}). "
            f"Received columns: {', '.join(header) or 'none'}"
        )
    return columns


def _row(
    name: str, line_number: int, line: dict[str, str | None], columns: dict[str, str]
) -> LegendRow | Issue:
    values = {thing: (line[column] or "").strip() for thing, column in columns.items()}
    place = f"{name}, line {line_number}"
    if not values["image"]:
        return Issue(place, "names no image.")
    annotator = values.get("annotator", "")
    if len(annotator) > MAX_NAME_LETTERS:
        return Issue(place, f"has an annotator's name of over {MAX_NAME_LETTERS} letters.")
    label_name = values.get("label", "")
    label = expression_named(label_name)
    if label_name and label is None:
        return Issue(f"{place} ({values['image']})", f"{label_name!r} is none of the seven labels.")
    return LegendRow(_as_path(values["image"]), label, annotator, values.get("subject", ""))


def _as_path(written: str) -> str:
    return PurePosixPath(written.replace("\\", "/")).as_posix()


@dataclass(frozen=True)
class Matches:
    """What legends say of the images of a collection.

    Attributes:
        rows: For each image's name the rows about it, in the order of the legends.
        issues: What the legends name and the collection does not hold.
    """

    rows: dict[str, tuple[LegendRow, ...]]
    issues: tuple[Issue, ...]


def matched(legends: Iterable[Legend], image_names: Iterable[str]) -> Matches:
    """Find the image that each row of the legends is about.

    It is the one of that path, or else the only one whose path ends the same way: a legend
    may leave out folders, or name ones that are not there. Case counts.
    """
    by_last = defaultdict(list)
    for image_name in image_names:
        by_last[PurePosixPath(image_name).name].append(image_name)
    rows: defaultdict[str, list[LegendRow]] = defaultdict(list)
    issues: list[Issue] = []
    for legend in legends:
        missing = {}
        for row in legend.rows:
            names = _meant(row.image, by_last.get(PurePosixPath(row.image).name, []))
            if len(names) == 1:
                rows[names[0]].append(row)
            else:
                missing[row.image] = names
        issues += _missing_issues(legend.name, missing)
    return Matches({name: tuple(some) for name, some in rows.items()}, tuple(issues))


def _meant(wanted: str, candidates: list[str]) -> list[str]:
    """Choose those candidates whose path ends as the wanted one, or the other way round."""
    if wanted in candidates:
        return [wanted]
    return [name for name in candidates if _ends(name, wanted) or _ends(wanted, name)]


def _ends(path: str, end: str) -> bool:
    return f"/{path}".endswith(f"/{end}")


def _missing_issues(legend_name: str, missing: dict[str, list[str]]) -> list[Issue]:
    ambiguous = [
        Issue(legend_name, f"names {image}, and {len(names)} images are called so: give its path.")
        for image, names in missing.items()
        if names
    ]
    absent = [image for image, names in missing.items() if not names]
    if len(absent) <= FEW:
        return ambiguous + [
            Issue(legend_name, f"names {image}, which is not there.") for image in absent
        ]
    reason = f"names {len(absent):,} images that are not there, such as {', '.join(absent[:3])}."
    return [*ambiguous, Issue(legend_name, reason)]
