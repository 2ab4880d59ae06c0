"""KDEF: `AF01ANS.JPG`, session, sex, number, expression and angle."""

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
    "AF": Expression.FEAR,
    "AN": Expression.ANGRY,
    "DI": Expression.DISGUST,
    "HA": Expression.HAPPY,
    "NE": Expression.NEUTRAL,
    "SA": Expression.SAD,
    "SU": Expression.SURPRISE,
}
_NAME = re.compile(
    rf"(?P<session>[AB])(?P<sex>[FM])(?P<number>\d\d)(?P<code>{'|'.join(_CODES)})"
    r"(?P<angle>S|HL|HR|FL|FR)",
    re.IGNORECASE,
)
_UNLIKE = "is not named as KDEF names images, such as AF01ANS.JPG; it goes in without a label."


def _fits(collection: Collection) -> bool:
    return mostly_named(collection.images, _NAME)


def _read(collection: Collection, _: SourceChoice) -> Found:
    return read_named(collection, _NAME, _entry, _UNLIKE)


def _entry(file: CollectionFile, named: re.Match[str]) -> Entry:
    told = {thing: value.upper() for thing, value in named.groupdict().items()}
    code, number = told.pop("code"), told.pop("number")
    # The same person sat in both sessions.
    subject = told["sex"] + number
    return Entry(file, (Statement(code, _CODES[code]),), subject=subject, details=told)


KDEF = Layout(
    name="kdef",
    title="KDEF",
    terms=(
        "KDEF (Lundqvist, Flykt, Öhman 1998), Karolinska Institutet: "
        "on registration; non-commercial research only"
    ),
    holds_crops=False,
    fits=_fits,
    read=_read,
    takes_table=is_label_file,
)
