"""How much, how well and how fast each annotator labels. For owners; nobody is ranked."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Float, String, cast, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from curator.core.review.annotator_quality import (
    Confusion,
    agreement,
    confusions,
    main_confusions,
    second_thoughts,
    self_consistency,
    verdict_of_others,
)
from curator.core.review.labelling_speed import Drift, drift, pace_seconds, sessions
from curator.core.review.proportions import Proportion
from curator.steps.consensus.settle_labels import final_words
from db.labels import Flag
from db.tables.annotations import Annotation, SentBack
from db.tables.duplicates import DuplicateMember, Match
from db.tables.guidance import GoldFace
from db.tables.people import Annotator, Role, SignIn

_UNIX_EPOCH_JULIAN = 2440587.5
_DAY_SECONDS = 86_400

_DTYPES = {
    "annotation_id": "int64",
    "face_id": "int64",
    "annotator_id": "int64",
    "verdict": "str",
    "pressed_at": "float64",
    "stored_at": "float64",
    "is_blind": "bool",
}


@dataclass(frozen=True)
class Day:
    """What an annotator did on one day, by UTC.

    Attributes:
        day: The day.
        annotations: Faces labelled or flagged that day whose annotation stands.
        agreement: With what the others make of these faces.
        pace_seconds: Median pause between presses; None while unknown.
    """

    day: date
    annotations: int
    agreement: Proportion
    pace_seconds: float | None


@dataclass(frozen=True)
class AnnotatorQuality:
    """What is known of one annotator's work. All but the counts is of blind annotations.

    Attributes:
        annotator_id: The annotator.
        name: The annotator's name.
        is_open: Whether the account is open.
        last_seen: The newest press or sign-in; None before the first.
        today: Standing annotations stored today.
        total: Standing annotations.
        gold: First answers on gold faces that were right. Only what came after the face
            became gold counts, for what came before has made it so.
        agreement: With the final word, or what most others say of the face.
        drift: From the first to the last part of sittings.
        pace_seconds: Median pause between presses; None while unknown.
        flags: Standing annotations that are flags.
        second_thoughts: Faces on which the annotator changed or took back what was said.
        consistency: Same pictures of which the annotator said the same again.
        confusions: Labels taken for others, most frequent first.
        days: Day by day.
    """

    annotator_id: int
    name: str
    is_open: bool
    last_seen: datetime | None
    today: int
    total: int
    gold: Proportion
    agreement: Proportion
    drift: Drift
    pace_seconds: float | None
    flags: Proportion
    second_thoughts: Proportion
    consistency: Proportion
    confusions: list[Confusion]
    days: list[Day]


def measure_annotators(session: Session, day_began: datetime) -> list[AnnotatorQuality]:
    """Measure every annotator, by name, without the names that sources brought.

    Args:
        session: A reading session.
        day_began: Midnight where the owner sits.
    """
    said = _all_said(session)
    signed_in = dict(
        session.execute(
            select(SignIn.annotator_id, func.max(SignIn.created_at)).group_by(SignIn.annotator_id)
        ).all()
    )
    people = session.scalars(
        select(Annotator).where(Annotator.role != Role.SOURCE).order_by(Annotator.name)
    )
    by_annotator = dict(list(said.groupby("annotator_id")))
    return [
        _measured(person, by_annotator.get(person.id, said.head(0)), day_began, signed_in)
        for person in people
    ]


def _all_said(session: Session) -> pd.DataFrame:
    """Lay out all that was ever said: the columns of `_DTYPES` and what follows from them.

    `is_standing`: it counts; `reference`: what others make of the face; `gold`: its label
    where it is gold since before; `is_asked_for`: a reviewer had sent the face back;
    `picture`: equal for equal pixels.
    """
    said = _stored(session)
    sent_back = set(session.scalars(select(SentBack.annotation_id)))
    mine = said.groupby(["annotator_id", "face_id"])
    is_sent_back = said["annotation_id"].isin(sent_back)
    is_newest = ~said.duplicated(["annotator_id", "face_id"], keep="last")
    said["is_standing"] = is_newest & said["verdict"].notna() & ~is_sent_back
    said["is_asked_for"] = is_sent_back.groupby([said["annotator_id"], said["face_id"]]).cummax()
    said["is_asked_for"] &= mine.cumcount() > 0
    standing = said[said["is_standing"]]
    said["reference"] = verdict_of_others(standing, final_words(session)).reindex(said.index)
    said["gold"] = _gold(session, said)
    said["picture"] = _pictures(session, said["face_id"])
    return said


def _stored(session: Session) -> pd.DataFrame:
    rows = session.execute(
        select(
            Annotation.id,
            Annotation.face_id,
            Annotation.annotator_id,
            func.coalesce(
                type_coerce(Annotation.label, String), type_coerce(Annotation.flag, String)
            ),
            _seconds(Annotation.pressed_at),
            _seconds(Annotation.stored_at),
            Annotation.suggested.is_(None),
        ).order_by(Annotation.id)
    )
    # Of rows that are no plain tuples pandas asks each what it is, which takes seconds.
    return pd.DataFrame(map(tuple, rows), columns=list(_DTYPES)).astype(_DTYPES)


def _seconds(column: InstrumentedAttribute[Any]) -> ColumnElement[float]:
    # The database counts: making a time of each of a million texts takes seconds.
    days = cast(func.julianday(column), Float) - _UNIX_EPOCH_JULIAN
    return func.round(days * _DAY_SECONDS, 3, type_=Float)


def _gold(session: Session, said: pd.DataFrame) -> pd.Series:
    gold = pd.DataFrame(
        session.execute(
            select(GoldFace.face_id, GoldFace.label, _seconds(GoldFace.stored_at))
        ).all(),
        columns=["face_id", "label", "since"],
    ).set_index("face_id")
    label = said["face_id"].map(gold["label"].astype("str")).astype("str")
    since = said["face_id"].map(gold["since"].astype("float64"))
    return label.where(said["stored_at"] > since)


def _pictures(session: Session, face_ids: pd.Series) -> pd.Series:
    exact = select(DuplicateMember.face_id, DuplicateMember.keeper_id).where(
        DuplicateMember.match == Match.PIXELS, ~DuplicateMember.is_mirrored
    )
    copies = pd.Series(dict(session.execute(exact).all()), dtype="float64")
    return face_ids.map(copies).fillna(face_ids).astype("int64")


def _measured(
    person: Annotator, said: pd.DataFrame, day_began: datetime, signed_in: dict[int, datetime]
) -> AnnotatorQuality:
    standing = said[said["is_standing"]]
    blind = standing[standing["is_blind"]]
    spoken = said[said["verdict"].notna() & ~said["is_asked_for"]]
    answers = spoken[spoken["is_blind"] & spoken["gold"].notna()].drop_duplicates("face_id")
    table = confusions(blind["verdict"], blind["reference"])
    return AnnotatorQuality(
        annotator_id=person.id,
        name=person.name,
        is_open=person.revoked_at is None,
        last_seen=_last_seen(said, signed_in.get(person.id)),
        today=int((standing["stored_at"] >= day_began.timestamp()).sum()),
        total=len(standing),
        gold=agreement(answers["verdict"], answers["gold"]),
        agreement=agreement(blind["verdict"], blind["reference"]),
        drift=drift(blind),
        pace_seconds=pace_seconds(sessions(blind["pressed_at"]).pause_seconds),
        flags=Proportion(int(standing["verdict"].isin(list(Flag)).sum()), len(standing)),
        second_thoughts=second_thoughts(said[~said["is_asked_for"]]),
        consistency=self_consistency(spoken),
        confusions=main_confusions(table),
        days=_days(blind),
    )


def _last_seen(said: pd.DataFrame, signed_in: datetime | None) -> datetime | None:
    times = [] if signed_in is None else [signed_in]
    if len(said):
        times.append(datetime.fromtimestamp(said["stored_at"].max(), UTC))
    return max(times, default=None)


def _days(blind: pd.DataFrame) -> list[Day]:
    pauses = sessions(blind["pressed_at"]).pause_seconds
    day_of = blind["stored_at"] // _DAY_SECONDS
    return [
        Day(
            day=datetime.fromtimestamp(float(number) * _DAY_SECONDS, UTC).date(),
            annotations=len(rows),
            agreement=agreement(rows["verdict"], rows["reference"]),
            pace_seconds=pace_seconds(pauses.reindex(rows.index)),
        )
        for number, rows in blind.groupby(day_of)
    ]
