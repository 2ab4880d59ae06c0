"""KDEF: `AF01ANS.JPG`, session, sex, number, expression and angle."""

import re
from collections.abc import Mapping

from curator.steps.archives import Collection
from curator.steps.legend_columns import is_legend
from curator.steps.source_choice import SourceChoice
from curator.steps.sources.entry import Entry, Statement
from curator.steps.sources.layout import Found, Layout, mostly_named, stem
from curator.steps.sources.matching import unlike_issues
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
    entries, unlike = [], []
    for file in collection.images:
        named = _NAME.fullmatch(stem(file.name))
        if named is None:
            unlike.append(file.name)
            entries.append(Entry(file))
            continue
        told = {thing: value.upper() for thing, value in named.groupdict().items()}
        code, number = told.pop("code"), told.pop("number")
        statements = (Statement(code, _CODES[code]),)
        # The same person sat in both sessions.
        subject = told["sex"] + number
        entries.append(Entry(file, statements, subject=subject, details=told))
    return Found(tuple(entries), tuple(unlike_issues(unlike, _UNLIKE)))


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
    takes_table=is_legend,
)
