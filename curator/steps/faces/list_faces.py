"""The faces of a project as people leaf through them: by source, label and quality, in pages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    func,
    not_,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session

from curator.core.faces.quality_bounds import QUALITY_MEASURES, Bounds, QualityMeasure
from curator.core.faces.yunet import YUNET_MIN_CONFIDENCE
from curator.steps.consensus.settle_labels import consensus
from db.tables.assignment import FaceVotes
from db.tables.images import Face, Image, Source

FACES_A_PAGE = 96

CONFIDENCE = QualityMeasure(
    "confidence",
    "Confidence",
    "of 1, by the detector",
    Bounds(low=0.6),
    f"YuNet keeps what it is sure of by {YUNET_MIN_CONFIDENCE:g}; little above that, some "
    "are no faces.",
)
MEASURES = {measure.key: measure for measure in (*QUALITY_MEASURES, CONFIDENCE)}
"""Every measure that faces can be chosen and ordered by."""


class LabelState(StrEnum):
    """How far the label of a face has come."""

    SETTLED = "settled"
    UNSETTLED = "not settled"
    NONE = "none"


class QualityThresholds(StrEnum):
    """Which faces are wanted, by the thresholds of their measures."""

    ALL = "all"
    BELOW = "below a threshold"
    MET = "at or above all thresholds"


@dataclass(frozen=True)
class WantedFaces:
    """Which faces are wanted and in which order.

    Attributes:
        source: The name of their source; None for all.
        label: How far their label has come, by the project's rule and final words: none is
            where nobody has said anything. None for all.
        bounds: The thresholds by the measure's key; a measure that a face does not have falls
            below none.
        quality_thresholds: Which faces, by these thresholds.
        worst_by: The key of a measure of `MEASURES`: first come those that lie furthest
            beyond its bounds, or nearest to them inside. None for the newest first.
    """

    source: str | None = None
    label: LabelState | None = None
    bounds: Mapping[str, Bounds] = field(default_factory=dict)
    quality_thresholds: QualityThresholds = QualityThresholds.ALL
    worst_by: str | None = None

    def __post_init__(self) -> None:
        """Refuse an order by what is not measured."""
        if self.worst_by is not None and self.worst_by not in MEASURES:
            raise ValueError(
                f"`worst_by` must be one of {', '.join(MEASURES)}. Received: {self.worst_by!r}"
            )


@dataclass(frozen=True)
class ListedFace:
    """A face in the list.

    Attributes:
        face_id: The face.
        image_name: Its image.
        measure: The measure that the list is ordered by; None where the face has none, and
            in the order of time.
    """

    face_id: int
    image_name: str
    measure: float | None


@dataclass(frozen=True)
class FaceCounts:
    """How many faces there are of a source and a label's state.

    Attributes:
        faces: All of them.
        met: Those that lie at or above all thresholds.
    """

    faces: int
    met: int

    def of(self, quality_thresholds: QualityThresholds) -> int:
        """Tell how many of them are wanted by the thresholds."""
        below = self.faces - self.met
        return {
            QualityThresholds.ALL: self.faces,
            QualityThresholds.BELOW: below,
            QualityThresholds.MET: self.met,
        }[quality_thresholds]


@dataclass(frozen=True)
class FaceList:
    """The faces that are wanted, as one state of the database has them.

    Attributes:
        session: A reading session; the list lasts as long.
        wanted: Which faces, in which order.
        among: Those of the source and the label's state, whatever the thresholds.
    """

    session: Session
    wanted: WantedFaces
    among: ColumnElement[bool]

    def counts(self) -> FaceCounts:
        """Count the faces of the source and the label's state, and how many meet the thresholds."""
        met = func.count().filter(_meets(self.wanted.bounds))
        query = select(func.count(), met).select_from(Face).where(self.among)
        return FaceCounts(*self.session.execute(query).one())

    def page(self, number: int, count: int = FACES_A_PAGE) -> list[ListedFace]:
        """List one page of the faces that are wanted.

        Args:
            number: From 1.
            count: Faces a page.
        """
        by = self.wanted.worst_by
        query = (
            select(Face.id, Image.name, null() if by is None else _value(by))
            .join(Image, Face.image_id == Image.id)
            .where(self.among, _by_floors(self.wanted))
            .order_by(*_order(self.wanted))
            .limit(count)
            .offset((number - 1) * count)
        )
        return [ListedFace(*row) for row in self.session.execute(query)]


def list_faces(session: Session, wanted: WantedFaces) -> FaceList:
    """List the faces that are wanted; where labels matter they are settled once for all pages."""
    among: list[ColumnElement[bool]] = [true()]
    if wanted.source is not None:
        of_source = select(Image.id).join(Source).where(Source.name == wanted.source)
        among.append(Face.image_id.in_(of_source))
    if wanted.label is not None:
        among.append(_is_labelled(session, wanted.label))
    return FaceList(session, wanted, and_(*among))


def _is_labelled(session: Session, state: LabelState) -> ColumnElement[bool]:
    said = select(FaceVotes.face_id).where(or_(FaceVotes.votes > 0, FaceVotes.is_final))
    if state is LabelState.NONE:
        return Face.id.not_in(said)
    settled = Face.id.in_(_settled(session))
    return settled if state is LabelState.SETTLED else and_(Face.id.in_(said), ~settled)


def _settled(session: Session) -> Select[int]:
    faces = consensus(session)["verdict"].dropna().index
    # As one text: SQLite takes 32,766 values at most.
    return select(func.json_each(json.dumps(faces.tolist())).table_valued("value").c.value)


def _by_floors(wanted: WantedFaces) -> ColumnElement[bool]:
    if wanted.quality_thresholds is QualityThresholds.ALL:
        return true()
    met = _meets(wanted.bounds)
    return met if wanted.quality_thresholds is QualityThresholds.MET else not_(met)


def _meets(bounds: Mapping[str, Bounds]) -> ColumnElement[bool]:
    """Say in the database's words what `curator.core.faces.quality_bounds.meets` says."""
    inside = [_value(key).between(bound.low, bound.high) for key, bound in bounds.items()]
    # Coalesced, so that the database reads each measure out of its JSON only once.
    return and_(true(), *(func.coalesce(is_inside, true()) for is_inside in inside))


def _value(key: str) -> ColumnElement[float]:
    if key == CONFIDENCE.key:
        return type_coerce(Face.confidence, Float)
    value: ColumnElement[float] = Face.quality[key].as_float()
    return value


def _order(wanted: WantedFaces) -> list[ColumnElement[Any]]:
    newest: ColumnElement[Any] = Face.id.desc()
    if wanted.worst_by is None:
        return [newest]
    value = _value(wanted.worst_by)
    bound = wanted.bounds.get(wanted.worst_by, MEASURES[wanted.worst_by].bounds)
    beyond = func.max(bound.low - value, value - bound.high)
    return [beyond.desc().nulls_last(), newest]
