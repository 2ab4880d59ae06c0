"""Photos of which the collection itself says nothing."""

from curator.steps.importing.archives.open_collection import Collection
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import tells_no_labels
from curator.steps.importing.sources.common.layout import Found, Layout
from curator.steps.importing.sources.common.source_entry import Entry


def _fits(_: Collection) -> bool:
    return True


def _read(collection: Collection, _: SourceChoice) -> Found:
    return Found(tuple(Entry(file) for file in collection.images))


PHOTOS = Layout(
    name="photos",
    title="Plain photos",
    terms="",
    holds_crops=None,
    fits=_fits,
    read=_read,
    takes_table=tells_no_labels,
)
