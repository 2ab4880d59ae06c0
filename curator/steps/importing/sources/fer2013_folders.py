"""FER2013 as folders: `train/happy/Training_10019449.jpg`."""

import re
from dataclasses import replace

from curator.steps.importing.archives.open_collection import Collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import is_label_file
from curator.steps.importing.sources.common.layout import Found, Layout, mostly_named, stem
from curator.steps.importing.sources.folders import read_folders

FER2013_TERMS = (
    "FER2013 (Goodfellow et al. 2013): Kaggle competition data, images found by web search; "
    "research use"
)
_NAME = re.compile(r"(Training|PublicTest|PrivateTest)_\d+", re.IGNORECASE)


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, _NAME)


def _read(collection: Collection, choice: SourceChoice) -> Found:
    """Read the label from the folder and the split from the name, which tells more.

    The folder `test` holds both the public and the private test.
    """
    found = read_folders(collection, choice)
    entries = (
        replace(
            entry,
            split=named[1] if (named := _NAME.fullmatch(stem(entry.file.name))) else entry.split,
        )
        for entry in found.entries
    )
    return Found(tuple(entries), found.issues)


FER2013_FOLDERS = Layout(
    name="fer2013-folders",
    title="FER2013 as folders",
    terms=FER2013_TERMS,
    holds_crops=True,
    fits=_fits,
    read=_read,
    takes_table=is_label_file,
)
