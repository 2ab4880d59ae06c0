"""JAFFE: `KA.AN1.39.tiff`, subject, expression, its number, and the image's."""

import re
from collections.abc import Mapping

from curator.steps.importing.archives.open_collection import Collection, CollectionFile
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.label_file_columns import is_label_file
from curator.steps.importing.sources.common.layout import Found, Layout, mostly_named
from curator.steps.importing.sources.common.named_images import read_named
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from db.labels import Expression

_CODES: Mapping[str, Expression] = {
    "AN": Expression.ANGRY,
    "DI": Expression.DISGUST,
    "FE": Expression.FEAR,
    "HA": Expression.HAPPY,
    "NE": Expression.NEUTRAL,
    "SA": Expression.SAD,
    "SU": Expression.SURPRISE,
}
# Copies saved in another format often keep the old suffix inside the name.
_NAME = re.compile(rf"([A-Z]{{2}})\.({'|'.join(_CODES)})\d*\.\d+(\.tiff?)?", re.IGNORECASE)
_UNLIKE = "is not named as JAFFE names images, such as KA.AN1.39.tiff; it goes in without a label."


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, _NAME)


def _read(collection: Collection, _: SourceChoice) -> Found:
    return read_named(collection, _NAME, _entry, _UNLIKE)


def _entry(file: CollectionFile, named: re.Match[str]) -> Entry:
    said = named[2].upper()
    return Entry(file, (Statement(said, _CODES[said]),), subject=named[1].upper())


JAFFE = Layout(
    name="jaffe",
    title="JAFFE",
    terms="JAFFE (Lyons, Kamachi, Gyoba): on request; non-commercial scientific research only",
    holds_crops=False,
    fits=_fits,
    read=_read,
    takes_table=is_label_file,
)
