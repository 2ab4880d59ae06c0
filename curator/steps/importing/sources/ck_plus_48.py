"""CK+ in folders by label, as CK+48: the last three frames of each sequence, cut out."""

from curator.steps.importing.archives.open_collection import Collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import is_label_file
from curator.steps.importing.sources.ck_plus import (
    CK_TERMS,
    FRAME_NAME,
    UNLIKE,
    frame,
    has_label_folders,
)
from curator.steps.importing.sources.common.layout import Found, Layout, mostly_named
from curator.steps.importing.sources.common.matching import unlike_issues
from curator.steps.importing.sources.folders import read_folders


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, FRAME_NAME) and has_label_folders(collection)


def _read(collection: Collection, choice: SourceChoice) -> Found:
    by_folder = read_folders(collection, choice).entries
    frames = [frame(one.file, one.statements, one.split) for one in by_folder]
    unlike = [one.file.name for one, named in zip(by_folder, frames, strict=True) if named is None]
    entries = (named or one for one, named in zip(by_folder, frames, strict=True))
    return Found(tuple(entries), tuple(unlike_issues(unlike, UNLIKE)))


CK_PLUS_48 = Layout(
    name="ck-plus-48",
    title="CK+ in folders by label, such as CK+48",
    terms=CK_TERMS,
    holds_crops=None,
    fits=_fits,
    read=_read,
    takes_table=is_label_file,
)
