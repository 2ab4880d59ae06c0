"""Read collections whose images tell all by their names."""

import re
from collections.abc import Callable

from curator.steps.importing.archives.open_collection import Collection, CollectionFile
from curator.steps.importing.sources.common.layout import Found, stem
from curator.steps.importing.sources.common.matching import unlike_issues
from curator.steps.importing.sources.common.source_entry import Entry


def read_named(
    collection: Collection,
    pattern: re.Pattern[str],
    entry_of: Callable[[CollectionFile, re.Match[str]], Entry],
    unlike: str,
) -> Found:
    """Make an entry of each image; one that is named otherwise goes in and is an issue.

    Args:
        collection: The collection.
        pattern: Of the names, without their suffix.
        entry_of: Makes an entry of an image and what its name tells.
        unlike: What is said of an image that is named otherwise; goes after its name.
    """
    entries, others = [], []
    for file in collection.images:
        named = pattern.fullmatch(stem(file.name))
        if named is None:
            others.append(file.name)
        entries.append(Entry(file) if named is None else entry_of(file, named))
    return Found(tuple(entries), tuple(unlike_issues(others, unlike)))
