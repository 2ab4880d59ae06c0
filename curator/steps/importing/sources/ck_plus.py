"""CK+: sequences from neutral to a peak, and one label a sequence, which is that of the peak."""

import re

from curator.core.issues import Issue
from curator.steps.importing.archives.open_collection import (
    Collection,
    CollectionFile,
    UnreadableFileError,
)
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import is_label_file
from curator.steps.importing.sources.common.layout import (
    Found,
    Layout,
    folders_of,
    mostly_named,
    stem,
)
from curator.steps.importing.sources.common.matching import missing_issues, unlike_issues
from curator.steps.importing.sources.common.numbers import numbered
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from db.labels import verdict_named

CK_TERMS = (
    "CK+ (Lucey et al. 2010): agreement with the University of Pittsburgh; "
    "non-commercial research only"
)
FRAME_NAME = re.compile(r"(S\d{3})_(\d{3})_(\d{8})", re.IGNORECASE)
_LABEL_NAME = re.compile(r"(S\d{3}_\d{3}_\d{8})_emotion", re.IGNORECASE)
_WORDS = {
    "0": "neutral",
    "1": "anger",
    "2": "contempt",
    "3": "disgust",
    "4": "fear",
    "5": "happy",
    "6": "sadness",
    "7": "surprise",
}
UNLIKE = "is not named as CK+ names images, such as S005_001_00000011.png; it goes in as it is."


def has_label_folders(collection: Collection) -> bool:
    """Say whether the frames lie in folders by label, as in CK+48."""
    folders = {folder for file in collection.images for folder in folders_of(file.name)}
    return any(verdict_named(folder) for folder in folders)


def frame(file: CollectionFile, statements: tuple[Statement, ...], split: str = "") -> Entry | None:
    """Read what the name of a frame tells; None when it is not named as one."""
    named = FRAME_NAME.fullmatch(stem(file.name))
    if named is None:
        return None
    subject = named[1].upper()
    return Entry(
        file,
        statements,
        subject=subject,
        sequence=f"{subject}_{named[2]}",
        split=split,
        details={"frame": str(int(named[3]))},
    )


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, FRAME_NAME) and (
        any(_LABEL_NAME.fullmatch(stem(table.name)) for table in collection.tables)
        or not has_label_folders(collection)
    )


def _read(collection: Collection, _: SourceChoice) -> Found:
    """Label the frames that the files of `Emotion` are named after, and no others.

    The makers say that a sequence begins neutral; they label no frame so.
    """
    labels, issues = _labels(collection)
    entries, unlike = [], []
    for file in collection.images:
        entry = frame(file, labels.pop(stem(file.name).upper(), ()))
        if entry is None:
            unlike.append(file.name)
        entries.append(entry or Entry(file))
    missing = missing_issues("Emotion", {f"{name}.png": [] for name in labels})
    return Found(tuple(entries), (*issues, *missing, *unlike_issues(unlike, UNLIKE)))


def _labels(collection: Collection) -> tuple[dict[str, tuple[Statement, ...]], list[Issue]]:
    labels: dict[str, tuple[Statement, ...]] = {}
    issues: list[Issue] = []
    for table in collection.tables:
        named = _LABEL_NAME.fullmatch(stem(table.name))
        if named is None:
            continue
        try:
            number = int(float(table.read().decode("ascii", "replace").strip()))
        except (UnreadableFileError, ValueError, OverflowError) as error:
            issues.append(Issue(table.name, f"holds no number of a label: {error}"))
        else:
            labels[named[1].upper()] = (numbered(str(number), _WORDS),)
    return labels, issues


CK_PLUS = Layout(
    name="ck-plus",
    title="CK+",
    terms=CK_TERMS,
    holds_crops=False,
    fits=_fits,
    read=_read,
    takes_table=is_label_file,
)
