"""Find out what the columns of a table tell of images."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from curator.errors import CuratorError
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.file_names import suffix_of
from db.labels import Expression, Flag, expression_named, verdict_named

COLUMN_NAMES = {
    "image": (
        *("image", "file", "filename", "file name", "image name", "path", "image path", "img"),
        *("file path", "filepath", "img path", "subdirectory filepath", "photo", "picture", "name"),
    ),
    "label": ("label", "emotion", "expression", "labels", "emotion label", "expression label"),
    "annotator": (
        *("annotator", "user id", "user", "rater", "annotator id", "rater id", "coder"),
        *("labeler", "labeller", "worker", "worker id"),
    ),
    "subject": ("subject", "person", "subject id", "person id", "identity"),
    "split": ("split", "usage", "subset", "partition"),
    "x_min": ("x min", "xmin", "x1", "left", "face box left"),
    "y_min": ("y min", "ymin", "y1", "top", "face box top"),
    "x_max": ("x max", "xmax", "x2", "right", "face box right"),
    "y_max": ("y max", "ymax", "y2", "bottom", "face box bottom"),
}
"""Names that a column may go by, the best first; case and `_`, `.`, `-` do not count."""

BOX_THINGS = ("x_min", "y_min", "x_max", "y_max")

VOTE_NAMES: dict[str, Expression | Flag] = {
    "unknown": Flag.UNSURE,
    "contempt": Flag.UNSURE,
    "nf": Flag.NOT_A_FACE,
}
"""Columns of counted votes beside those named as labels or flags are. A vote for contempt is
one for none of the seven: it stays in the count, or the others would look more certain."""

MIN_VOTE_COLUMNS = 3
"""From so many columns named as labels a table counts votes."""

FERPLUS_COLUMNS = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    *("unknown", "NF"),
)
_FERPLUS_LINE = re.compile(r'^\s*fer\d{7}\.png,"\(\d+, \d+, \d+, \d+\)"(,\d+){10}\s*$', re.I)


@dataclass(frozen=True)
class Head:
    """How a table is written, as its first line tells.

    Attributes:
        separator: What is between its values.
        titles: The titles of its columns; `1`, `2` … where it has none.
        columns: For each thing of `COLUMN_NAMES` that it tells the place of the column.
        votes: For each label that it counts votes for the place of the column.
        has_titles: Whether the first line holds titles.
    """

    separator: str
    titles: tuple[str, ...]
    columns: Mapping[str, int]
    votes: Mapping[str, int]
    has_titles: bool = True

    @property
    def is_label_file(self) -> bool:
        """Whether it names images and says something of them."""
        says = self.counts_votes or bool({"label", "subject"} & set(self.columns))
        return says and "image" in self.columns

    @property
    def counts_votes(self) -> bool:
        """Whether its lines are counts of votes."""
        return bool(self.votes)


def is_label_file(head: Head) -> bool:
    """Say whether a table says something of images."""
    return head.is_label_file


def tells_labels(head: Head) -> bool:
    """Say whether a table tells labels of images, or counts votes for them."""
    return head.is_label_file and (head.counts_votes or "label" in head.columns)


def tells_no_labels(head: Head) -> bool:
    """Say whether a table tells something else of images, such as who is shown."""
    return head.is_label_file and not tells_labels(head)


def tells_opinions(head: Head) -> bool:
    """Say whether a table tells what people say of images, one by one."""
    return head.is_label_file and not head.counts_votes


def head_of(first_line: str, wanted: Mapping[str, str] | None = None) -> Head:
    r"""Find out what the columns of a table tell.

    Args:
        first_line: Of the table, without byte order mark; what follows it does not matter.
        wanted: Titles of columns by thing, which come before the usual names; those that
            the table lacks count for nothing.

    Example:
        >>> head_of("User.ID;Image;Emotion\n").columns
        {'image': 1, 'label': 2, 'annotator': 0}
        >>> head_of("train/a.jpg 3\n").columns
        {'image': 0, 'label': 1}
    """
    first_line = re.split(r"[\r\n]", first_line, maxsplit=1)[0]
    if _FERPLUS_LINE.match(first_line):
        return _ferplus_head()
    separator = _separator(first_line)
    titles = tuple(title.strip() for title in next(csv.reader([first_line], delimiter=separator)))
    columns = _columns(titles, wanted or {})
    votes = _votes(titles) if "image" in columns and "label" not in columns else {}
    if not columns and (untitled := _untitled_columns(titles)):
        numbers = tuple(str(number) for number in range(1, len(titles) + 1))
        return Head(separator, numbers, untitled, {}, has_titles=False)
    return Head(separator, titles, columns, votes)


def _ferplus_head() -> Head:
    """Describe `label.csv` as the script of FER+ writes it: image, box, votes; no titles."""
    titles = ("image", "box", *FERPLUS_COLUMNS)
    votes = {name: place for place, name in enumerate(titles) if place > 1}
    return Head(",", titles, {"image": 0}, votes, has_titles=False)


def _separator(line: str) -> str:
    best = max(",;\t", key=line.count)
    return best if best in line or " " not in line.strip() or not _untitled(line) else " "


def _untitled(line: str) -> bool:
    """Say whether a line of values parted by spaces names an image, as lists of them do."""
    return any(suffix_of(word) in IMAGE_SUFFIXES for word in line.split())


def _columns(titles: Sequence[str], wanted: Mapping[str, str]) -> dict[str, int]:
    by_name = {_plain(title): place for place, title in reversed(list(enumerate(titles)))}
    found = {}
    for thing, names in COLUMN_NAMES.items():
        places = [
            by_name[name]
            for name in (_plain(wanted.get(thing, "")), *names)
            if name and name in by_name
        ]
        if places:
            found[thing] = places[0]
    return found


def _plain(title: str) -> str:
    return re.sub(r"[\s._-]+", " ", title).strip().lower()


def _votes(titles: Sequence[str]) -> dict[str, int]:
    labels = [title for title in titles if expression_named(title)]
    if len(labels) < MIN_VOTE_COLUMNS:
        return {}
    return {title: place for place, title in enumerate(titles) if vote_verdict(title)}


def vote_verdict(title: str) -> Expression | Flag | None:
    """Find what a vote in a column means; None where the column counts no votes."""
    return verdict_named(title) or VOTE_NAMES.get(_plain(title))


def _untitled_columns(values: Sequence[str]) -> dict[str, int]:
    """Find an image and its label in a first line that holds no titles."""
    images = [place for place, value in enumerate(values) if suffix_of(value) in IMAGE_SUFFIXES]
    labels = [
        place
        for place, value in enumerate(values)
        if place not in images and (verdict_named(value) or re.fullmatch(r"\d{1,2}", value))
    ]
    return {"image": images[0], "label": labels[0]} if images and len(labels) == 1 else {}


def check_head(name: str, head: Head) -> None:
    """Refuse a table that is no label file.

    Raises:
        CuratorError: With the columns that it needs and those that it has.
    """
    if not head.is_label_file:
        raise CuratorError(
            f"{name} needs a column for the image ({', '.join(COLUMN_NAMES['image'])}) and one "
            f"for the label ({', '.join(COLUMN_NAMES['label'])}), or say which ones they are. "
            f"Received columns: {', '.join(head.titles) or 'none'}"
        )
