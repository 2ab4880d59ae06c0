"""What a person decides of a duplicate group, remembered for ever and undone act by act."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from sqlalchemy import func, insert, select, union, update
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.duplicates.group_duplicates import regroup
from curator.steps.review.adjudicate import adjudicate
from db.labels import Expression
from db.tables.annotations import Adjudication
from db.tables.duplicates import DuplicateDecision, DuplicateMember, Ruling

MOST_APART = 300
"""A group of more faces is split off face by face: all its pairs at once would be too many."""


@dataclass(frozen=True)
class Act:
    """One decision of one person, made by one key.

    Attributes:
        name: Its own, at most 36 characters, made where the key was pressed: an act that is
            sent twice is done once.
        by: The person's id.
        now: When it is stored; aware.
        seen: The faces of the group that the person looked at.
    """

    name: str
    by: int
    now: datetime
    seen: frozenset[int]

    def __post_init__(self) -> None:
        """Refuse a name that would not fit, and what is no group."""
        if not 0 < len(self.name) <= 36:
            raise ValueError(f"An act is named by 1 to 36 characters. Received: {self.name!r}")
        if len(self.seen) < 2:
            raise ValueError(f"A group has two faces or more. Received: {sorted(self.seen)}")


def keep(session: Session, face_id: int, act: Act) -> None:
    """Make a face the keeper of its group, whatever the order says; the caller commits.

    The newest word counts: one person's choice takes the place of another's until it is
    undone.

    Raises:
        CuratorError: The group is no longer the one that was looked at.
        ValueError: The face is not of the group.
    """
    if _is_new(session, act):
        _check(session, act, face_id)
        _store(session, act, Ruling.KEEP, [(face_id, None)])
        regroup(session, act.seen)


def split_off(session: Session, face_id: int, act: Act) -> None:
    """Say that a face shows another picture than each other one of its group.

    Raises:
        CuratorError: The group is no longer the one that was looked at.
        ValueError: The face is not of the group.
    """
    if _is_new(session, act):
        _check(session, act, face_id)
        pairs = [(face_id, other) for other in act.seen if other != face_id]
        _store(session, act, Ruling.APART, pairs)
        regroup(session, act.seen)


def dissolve(session: Session, act: Act) -> None:
    """Say that no two faces of a group show the same picture.

    Raises:
        CuratorError: The group is no longer the one that was looked at, or too large.
    """
    if _is_new(session, act):
        _check(session, act)
        if len(act.seen) > MOST_APART:
            raise CuratorError(
                f"A group of at most {MOST_APART:,} faces can be dissolved at once; this one has "
                f"{len(act.seen):,}. Split faces off it, or search with fewer bits."
            )
        _store(session, act, Ruling.APART, list(combinations(sorted(act.seen), 2)))
        regroup(session, act.seen)


def settle_conflict(session: Session, label: Expression, act: Act) -> None:
    """Say which label the picture carries: the final word on every face of the group.

    All faces get the word, not the keeper alone: they show the same picture, and a copy
    that stayed settled otherwise would be the same conflict again. The keeper stays the one
    that the person saw.

    Raises:
        CuratorError: The group is no longer the one that was looked at.
    """
    if _is_new(session, act):
        keeper_id = _check(session, act)
        for face_id in sorted(act.seen):
            adjudicate(session, face_id, label, by=act.by, now=act.now)
        _store(session, act, Ruling.KEEP, [(keeper_id, None)])
        regroup(session, act.seen)


def _is_new(session: Session, act: Act) -> bool:
    known = select(DuplicateDecision.id).where(DuplicateDecision.act == act.name).limit(1)
    return session.scalar(known) is None


def _check(session: Session, act: Act, face_id: int | None = None) -> int:
    """Refuse a group that has changed since it was looked at; return its keeper.

    In another tab, by another person or by a search the group may have gone or grown; a
    decision on it as it was would be one on faces that nobody looked at.
    """
    if face_id is not None and face_id not in act.seen:
        raise ValueError(
            f"The face must be one of the group {sorted(act.seen)}. Received: {face_id}"
        )
    one = select(DuplicateMember.keeper_id).where(DuplicateMember.face_id == min(act.seen))
    keeper_id = session.scalar(one)
    mates = select(DuplicateMember.face_id).where(DuplicateMember.keeper_id == keeper_id)
    if keeper_id is None or set(session.scalars(mates)) != act.seen:
        raise CuratorError(
            f"{_named(act.seen)} are no longer one duplicate group: it was decided on elsewhere, "
            "or a search has ended. Nothing was changed; decide on the groups as they are now."
        )
    return keeper_id


def _named(face_ids: Collection[int], most: int = 4) -> str:
    shown = sorted(face_ids)[:most]
    rest = len(face_ids) - len(shown)
    return f"Faces {', '.join(map(str, shown))}" + (f" and {rest:,} others" if rest else "")


def _store(
    session: Session, act: Act, ruling: Ruling, faces: Sequence[tuple[int, int | None]]
) -> None:
    rows = [
        {
            "act": act.name,
            "ruling": ruling,
            "face_id": face_id if other_id is None else min(face_id, other_id),
            "other_id": None if other_id is None else max(face_id, other_id),
            "decided_by": act.by,
            "decided_at": act.now,
        }
        for face_id, other_id in faces
    ]
    session.execute(insert(DuplicateDecision), rows)


def undo(session: Session, name: str, *, by: int, now: datetime) -> tuple[int, ...]:
    """Take back one act of a person as if it had not been; the caller commits.

    What others decided on the same faces stays, and so does a final word that somebody has
    said since. An act that was undone before stays undone. A face that was gold under
    another label does not become gold again.

    Returns:
        The faces that the act was about, in order.

    Raises:
        CuratorError: There is no such act of this person.
    """
    of_act = DuplicateDecision.act == name
    first = session.scalar(select(DuplicateDecision).where(of_act).limit(1))
    if first is None or first.decided_by != by:
        raise CuratorError("There is no such decision of yours, so nothing was undone.")
    faces = _faces_of(session, name)
    if first.undone_at is None:
        words = _words_of(session, first)
        session.execute(update(DuplicateDecision).where(of_act).values(undone_at=now))
        for word in words:
            adjudicate(session, word.face_id, _word_before(session, word), by=by, now=now)
        regroup(session, faces)
    return faces


def _faces_of(session: Session, name: str) -> tuple[int, ...]:
    columns = (DuplicateDecision.face_id, DuplicateDecision.other_id)
    queries = (select(column).where(DuplicateDecision.act == name) for column in columns)
    named = set(session.scalars(union(*queries)))
    return tuple(sorted(face_id for face_id in named if face_id is not None))


def _words_of(session: Session, decision: DuplicateDecision) -> list[Adjudication]:
    """Return the final words of the same moment that nobody has spoken over since."""
    newest = select(func.max(Adjudication.id)).group_by(Adjudication.face_id)
    query = select(Adjudication).where(
        Adjudication.annotator_id == decision.decided_by,
        Adjudication.stored_at == decision.decided_at,
        Adjudication.id.in_(newest),
    )
    return list(session.scalars(query))


def _word_before(session: Session, word: Adjudication) -> str | None:
    before = session.scalar(
        select(Adjudication)
        .where(Adjudication.face_id == word.face_id, Adjudication.id < word.id)
        .order_by(Adjudication.id.desc())
        .limit(1)
    )
    return None if before is None else before.label or before.flag


def last_acts(session: Session, by: int, most: int = 20) -> list[str]:
    """Name the acts of a person that stand, the newest first."""
    query = (
        select(DuplicateDecision.act)
        .where(DuplicateDecision.decided_by == by, DuplicateDecision.undone_at.is_(None))
        .group_by(DuplicateDecision.act)
        .order_by(func.max(DuplicateDecision.id).desc())
        .limit(most)
    )
    return list(session.scalars(query))
