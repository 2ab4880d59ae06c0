"""Photos of which the collection itself says nothing."""

from curator.steps.archives import Collection
from curator.steps.legend_columns import tells_no_labels
from curator.steps.source_choice import SourceChoice
from curator.steps.sources.entry import Entry
from curator.steps.sources.layout import Found, Layout


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
