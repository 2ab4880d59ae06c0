"""Read a collection as its layout says, one layout a file: `LAYOUTS` names them."""

from curator.errors import CuratorError
from curator.steps.importing.archives.open_collection import Collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources.ck_plus import CK_PLUS
from curator.steps.importing.sources.ck_plus_48 import CK_PLUS_48
from curator.steps.importing.sources.common.label_files import (
    OwnLabelFiles,
    chosen_label_files,
    joined,
    own_label_files,
    tables_about,
    tables_with,
)
from curator.steps.importing.sources.common.label_meanings import with_verdicts
from curator.steps.importing.sources.common.layout import Found, Layout, unreadable_tables
from curator.steps.importing.sources.common.source_entry import SourceReading
from curator.steps.importing.sources.expw import EXPW
from curator.steps.importing.sources.fer2013_folders import FER2013_FOLDERS
from curator.steps.importing.sources.fer2013_table import FER2013_TABLE
from curator.steps.importing.sources.ferplus import FER_PLUS
from curator.steps.importing.sources.folders import FOLDERS
from curator.steps.importing.sources.jaffe import JAFFE
from curator.steps.importing.sources.kdef import KDEF
from curator.steps.importing.sources.label_table import LABEL_TABLE
from curator.steps.importing.sources.photos import PHOTOS
from curator.steps.importing.sources.raf_db import RAF_DB

_ALL = (
    *(FER2013_TABLE, CK_PLUS, CK_PLUS_48, JAFFE, KDEF, FER_PLUS, FER2013_FOLDERS, RAF_DB, EXPW),
    *(LABEL_TABLE, FOLDERS, PHOTOS),
)

LAYOUTS: dict[str, Layout] = {layout.name: layout for layout in _ALL}
"""The most specific first; the first that fits is taken. Plain photos fit always."""


def layout_of(collection: Collection, choice: SourceChoice) -> Layout:
    """Find the layout of a collection: the one chosen, or else the first that fits.

    Where columns are named for a table inside, the collection is one of images and a table.

    Raises:
        CuratorError: There is no layout of the name chosen.
    """
    if choice.layout is not None:
        return _named(choice.layout)
    fitting = (layout for layout in _ALL if layout.fits(collection))
    found = next(fitting, PHOTOS)
    if found in (FOLDERS, PHOTOS) and _has_named_columns(collection, choice):
        return LABEL_TABLE
    return found


def _named(name: str) -> Layout:
    if name not in LAYOUTS:
        raise CuratorError(f"Layout must be one of {', '.join(LAYOUTS)}. Received: {name!r}")
    return LAYOUTS[name]


def _has_named_columns(collection: Collection, choice: SourceChoice) -> bool:
    return bool(choice.columns) and bool(
        tables_with(collection, choice, lambda head: head.is_label_file and "label" in head.columns)
    )


def read_source(collection: Collection, choice: SourceChoice) -> SourceReading:
    """Read all that a collection says of its images, with what people say of it.

    Each image is one entry, also when nothing is said of it. The label files chosen are joined
    to what the layout itself reads; what a table names and the collection lacks is an
    issue, and so is each label's name that means none of ours.

    Raises:
        CuratorError: A layout or a label file that is chosen cannot be used.
    """
    layout = layout_of(collection, choice)
    found = layout.read(collection, choice)
    beside = _label_files_beside(collection, choice, layout, found)
    with_legends = joined(
        found.entries, [*beside.label_files, *chosen_label_files(collection, choice)]
    )
    issues = (*unreadable_tables(collection), *found.issues, *beside.issues, *with_legends.issues)
    entries = sorted(with_legends.entries, key=lambda entry: entry.file.name)
    return with_verdicts(SourceReading(layout.name, tuple(entries), issues), choice)


def _label_files_beside(
    collection: Collection, choice: SourceChoice, layout: Layout, found: Found
) -> OwnLabelFiles:
    """Read people's own tables beside a published set."""
    names = (entry.file.name for entry in found.entries)
    tables = tables_about(names, tables_with(collection, choice, layout.takes_table), choice)
    return own_label_files(collection, choice, tables)
