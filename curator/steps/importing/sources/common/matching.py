"""Find the images that a table names among those that are there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from curator.core.issues import Issue
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.file_names import suffix_of
from curator.steps.importing.label_file import LabelFile, LabelRow

FEW = 10
"""Up to so many images are named each."""


class ImageNames:
    """The names of images, to be found by what tables call them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_stem: defaultdict[str, list[str]] = defaultdict(list)
        for name in names:
            self._by_stem[_stem(name)].append(name)

    def meant(self, wanted: str) -> list[str]:
        """List the images that a table may mean: one when it is clear, none when it lacks.

        It is the one of that path, or else those whose path ends the same way: a table may
        leave out folders, or name ones that are not there. It may leave out the suffix, too,
        and its case counts only where two names differ by nothing else.
        """
        candidates = self._by_stem.get(_stem(wanted), [])
        if wanted in candidates:
            return [wanted]
        written = {name: _as_written(name, wanted) for name in candidates}
        exact = [name for name, path in written.items() if _ends_alike(path, wanted)]
        return exact or [
            name
            for name, path in written.items()
            if _ends_alike(path.casefold(), wanted.casefold())
        ]


def _stem(name: str) -> str:
    """Return the last part of a path in small letters, without the suffix of an image."""
    last = name.rpartition("/")[2].casefold()
    before, dot, suffix = last.rpartition(".")
    return before if before and dot + suffix in IMAGE_SUFFIXES else last


def _as_written(name: str, wanted: str) -> str:
    return (
        name
        if suffix_of(wanted) in IMAGE_SUFFIXES
        else PurePosixPath(name).with_suffix("").as_posix()
    )


def _ends_alike(one: str, other: str) -> bool:
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


@dataclass(frozen=True)
class Matches:
    """What label files say of the images of a collection.

    Attributes:
        rows: For each image's name the rows about it, in the order of the legends.
        issues: What the label files name and the collection does not hold.
    """

    rows: Mapping[str, tuple[LabelRow, ...]]
    issues: tuple[Issue, ...]


def matched(label_files: Iterable[LabelFile], image_names: Iterable[str]) -> Matches:
    """Find the image that each row of the label files is about; see `ImageNames.meant`."""
    names = ImageNames(image_names)
    rows: defaultdict[str, list[LabelRow]] = defaultdict(list)
    issues: list[Issue] = []
    for label_file in label_files:
        missing = {}
        for row in label_file.rows:
            meant = names.meant(row.image)
            if len(meant) == 1:
                rows[meant[0]].append(row)
            else:
                missing[row.image] = meant
        issues += missing_issues(label_file.name, missing)
    return Matches({name: tuple(some) for name, some in rows.items()}, tuple(issues))


def missing_issues(table_name: str, missing: Mapping[str, list[str]]) -> list[Issue]:
    """Say which images a table names in vain.

    Args:
        table_name: The table.
        missing: For each image so named the several that it may be, or none.
    """
    ambiguous = [
        Issue(table_name, f"names {image}, and {len(names)} images are called so: give its path.")
        for image, names in missing.items()
        if names
    ]
    absent = [image for image, names in missing.items() if not names]
    if len(absent) <= FEW:
        return ambiguous + [
            Issue(table_name, f"names {image}, which is not there.") for image in absent
        ]
    reason = f"names {len(absent):,} images that are not there, such as {', '.join(absent[:3])}."
    return [*ambiguous, Issue(table_name, reason)]


def unlike_issues(names: list[str], reason: str) -> list[Issue]:
    """Say of images the same thing, each by name, or of many at once.

    Args:
        names: The images.
        reason: What goes after the name of one, such as `is named otherwise.`
    """
    if len(names) <= FEW:
        return [Issue(name, reason) for name in names]
    return [Issue(f"{names[0]} and {len(names) - 1:,} more images", reason)]
