"""What a person says of the images that come in."""

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from curator.errors import CuratorError

MAX_NAME_LETTERS = 60


@dataclass(frozen=True)
class SourceChoice:
    r"""What a person says of the images that come in.

    Attributes:
        name: The source; an existing one is added to.
        terms: Its terms of use; kept from the first import when empty.
        legends: CSV files; one that is not at its path is looked for in the collection.
        subject_pattern: A regular expression with one group that finds the subject in a
            file's name without its suffix, such as `^(.+?)_\d{4}$`; None for none.

    Raises:
        CuratorError: A name or a pattern that cannot be used.
    """

    name: str
    terms: str = ""
    legends: tuple[Path, ...] = ()
    subject_pattern: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.name.strip()) <= MAX_NAME_LETTERS:
            raise CuratorError(
                f"A source's name must have 1 to {MAX_NAME_LETTERS} letters. "
                f"Received: {self.name!r}"
            )
        if self.subject_pattern is not None:
            _check_pattern(self.subject_pattern)

    def subject_of(self, image_name: str) -> str | None:
        """Find the subject in an image's name, or None."""
        found = self.subject_pattern and re.search(
            self.subject_pattern, PurePosixPath(image_name).stem
        )
        return found.group(1) if found else None


def _check_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise CuratorError(f"Subject pattern {pattern!r} cannot be read: {error}.") from error
    if groups != 1:
        raise CuratorError(f"Subject pattern {pattern!r} must have one group. It has {groups}.")
