"""What a person says of the images that come in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from curator.errors import CuratorError
from curator.steps.importing.label_file_columns import COLUMN_NAMES
from db.labels import Expression, Flag, verdict_named

MAX_NAME_LETTERS = 60
LEAVE_OUT = "-"
"""What is chosen for the name of a label that is not to be taken."""


@dataclass(frozen=True)
class SourceChoice:
    r"""What a person says of the images that come in.

    Attributes:
        name: The source; an existing one is added to.
        terms: Its terms of use; those that its layout states when empty. The first that are
            stated stay.
        label_files: CSV files; one that is not at its path is looked for in the collection.
        subject_pattern: A regular expression with one group that finds the subject in a
            file's name without its suffix, such as `^(.+?)_\d{4}$`; None for none.
        layout: The layout that the collection is read by, a key of `LAYOUTS`; None for the
            one that it is recognised by.
        label_names: For a label's name as the source writes it one of the seven, a flag, or
            `-` to leave it out.
        columns: For a thing of `COLUMN_NAMES`, such as `image` or `label`, the title of the
            column of the label files that tells it, where it goes by no usual name.
        holds_crops: Whether each image is one face already and is taken as it is; None for
            what the sizes of the images propose.
        addresses: For the name of an image that was fetched its address on the web.

    Raises:
        CuratorError: A name, a pattern or a choice that cannot be used.
    """

    name: str
    terms: str = ""
    label_files: tuple[Path, ...] = ()
    subject_pattern: str | None = None
    layout: str | None = None
    label_names: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    holds_crops: bool | None = None
    addresses: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= MAX_NAME_LETTERS:
            raise CuratorError(
                f"A source's name must have 1 to {MAX_NAME_LETTERS} letters. "
                f"Received: {self.name!r}"
            )
        if self.subject_pattern is not None:
            _check_pattern(self.subject_pattern)
        for said, meant in self.label_names.items():
            _check_meant(said, meant)
        _check_things(self.columns)

    def subject_of(self, image_name: str) -> str | None:
        """Find the subject in an image's name, or None."""
        found = self.subject_pattern and re.search(
            self.subject_pattern, PurePosixPath(image_name).stem
        )
        return found.group(1) if found else None

    def meant_by(self, said: str) -> str | None:
        """Find what was chosen for a label's name: a verdict's or `-`; None for nothing.

        Its case and the space around it do not count, unless both ways were chosen for.
        """
        if said in self.label_names:
            return self.label_names[said]
        plain = said.strip().casefold()
        return next(
            (meant for name, meant in self.label_names.items() if name.strip().casefold() == plain),
            None,
        )


def _check_meant(said: str, meant: str) -> None:
    if meant != LEAVE_OUT and verdict_named(meant) is None:
        raise CuratorError(
            f"Label {said!r} can mean {', '.join([*Expression, *Flag])}, or {LEAVE_OUT} to leave "
            f"it out. Received: {meant!r}"
        )


def _check_things(columns: Mapping[str, str]) -> None:
    if unknown := sorted(set(columns) - set(COLUMN_NAMES)):
        raise CuratorError(
            f"Columns can be named for {', '.join(COLUMN_NAMES)}. Received: {', '.join(unknown)}"
        )


def _check_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise CuratorError(f"Subject pattern {pattern!r} cannot be read: {error}.") from error
    if groups != 1:
        raise CuratorError(f"Subject pattern {pattern!r} must have one group. It has {groups}.")
