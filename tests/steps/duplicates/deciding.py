"""Duplicate groups in a project, as a search would leave them, and decisions on them."""

from collections.abc import Sequence
from itertools import combinations

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.duplicates.decide_duplicates import Act
from curator.steps.duplicates.group_duplicates import regroup
from curator.steps.snapshots.face_table import face_table
from db.tables.duplicates import DuplicateDecision, DuplicateMember, DuplicatePair, Match
from tests.makers import NOW


def make_pairs(
    session: Session, faces: Sequence[int], match: Match = Match.LOOK, *, is_mirrored: bool = False
) -> None:
    """Store that all these faces show the same picture, and group them."""
    for first, second in combinations(sorted(faces), 2):
        session.add(
            DuplicatePair(
                first_id=first,
                second_id=second,
                match=match,
                distance=0 if match is Match.PIXELS else 4,
                likeness=0.97,
                is_mirrored=is_mirrored,
            )
        )
    session.flush()
    regroup(session, faces)


def act(name: str, by: int, seen: Sequence[int], seconds: int = 0) -> Act:
    """Name an act of a person on the faces of a group."""
    return Act(name, by, NOW.replace(second=seconds), frozenset(seen))


def groups(session: Session) -> dict[int, list[int]]:
    """Read the groups as they stand: all faces by keeper."""
    found: dict[int, list[int]] = {}
    for member in session.scalars(select(DuplicateMember).order_by(DuplicateMember.face_id)):
        found.setdefault(member.keeper_id, []).append(member.face_id)
    return found


def conflicting_faces(session: Session) -> set[int]:
    """Read which faces stand in a group that is settled on different labels."""
    faces = face_table(session)
    return set(faces["face_id"][faces["is_conflicting"]])


def decisions(session: Session) -> list[tuple[str, str, int, int | None, int | None, bool]]:
    """Read what was decided: act, ruling, faces, by whom, and whether it still stands."""
    rows = session.scalars(select(DuplicateDecision).order_by(DuplicateDecision.id))
    return [
        (row.act, str(row.ruling), row.face_id, row.other_id, row.decided_by, not row.undone_at)
        for row in rows
    ]
