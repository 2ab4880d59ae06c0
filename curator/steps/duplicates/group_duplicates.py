"""Make duplicate groups of the pairs that were found and of what people decided."""

from collections.abc import Collection, Iterable
from typing import Any

import pandas as pd
from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from curator.core.duplicates.groups import Member, Pair, group_by_keeper, keeper_order, kept_because
from curator.steps.consensus.settle_labels import consensus_of
from db.tables.duplicates import DuplicateDecision, DuplicateMember, DuplicatePair, Match, Ruling
from db.tables.images import Face

_MOST_NAMED = 900
"""SQLite takes about 1,000 values in a statement."""


def group_all(session: Session) -> list[Member]:
    """Rebuild all groups; the caller commits.

    Returns:
        Their members by face ids.
    """
    session.execute(delete(DuplicateMember))
    return _grouped(session, session.scalars(select(DuplicatePair)))


def regroup(session: Session, face_ids: Collection[int]) -> None:
    """Rebuild the groups of all faces that stored pairs tie to the given ones.

    Other groups cannot change by what is decided of these faces. The caller commits.
    """
    session.flush()
    pairs = _pairs_around(session, face_ids)
    tied = {*face_ids, *(face for pair in pairs for face in (pair.first_id, pair.second_id))}
    for some in _parts(tied):
        session.execute(delete(DuplicateMember).where(DuplicateMember.face_id.in_(some)))
    _grouped(session, pairs)


def _pairs_around(session: Session, face_ids: Collection[int]) -> list[DuplicatePair]:
    """Collect the pairs of the given faces, those of their partners, and so on."""
    seen: set[int] = set()
    pairs: dict[tuple[int, int], DuplicatePair] = {}
    ahead = set(face_ids)
    while ahead:
        seen |= ahead
        for some in _parts(ahead):
            names = or_(DuplicatePair.first_id.in_(some), DuplicatePair.second_id.in_(some))
            for pair in session.scalars(select(DuplicatePair).where(names)):
                pairs[pair.first_id, pair.second_id] = pair
        ahead = {face_id for key in pairs for face_id in key} - seen
    return list(pairs.values())


def _parts(face_ids: Iterable[int]) -> list[list[int]]:
    ordered = sorted(face_ids)
    return [ordered[at : at + _MOST_NAMED] for at in range(0, len(ordered), _MOST_NAMED)]


def _grouped(session: Session, pairs: Iterable[DuplicatePair]) -> list[Member]:
    apart = decided_apart(session)
    matches = [
        Pair(
            pair.first_id,
            pair.second_id,
            pair.distance,
            pair.likeness,
            is_mirrored=pair.is_mirrored,
            is_exact=pair.match is Match.PIXELS,
            is_frame=pair.match is Match.FRAME,
        )
        for pair in pairs
        if (pair.first_id, pair.second_id) not in apart
    ]
    faces = _merits(session, {face for match in matches for face in (match.first, match.second)})
    members = group_by_keeper(matches, keeper_order(faces))
    _store(session, members, kept_because(faces, members))
    return members


def decided_apart(session: Session) -> set[tuple[int, int]]:
    """Return the pairs of faces, the smaller id first, that people say are different."""
    rows = session.execute(
        select(DuplicateDecision.face_id, DuplicateDecision.other_id).where(
            DuplicateDecision.ruling == Ruling.APART, DuplicateDecision.undone_at.is_(None)
        )
    )
    return {(first, second) for first, second in rows if second is not None}


def _merits(session: Session, face_ids: set[int]) -> pd.DataFrame:
    """Say of each face what counts when a keeper is sought, as `keeper_order` takes it."""
    columns = (Face.id, Face.x_min, Face.y_min, Face.x_max, Face.y_max, Face.quality)
    rows: list[Any] = []
    for some in _parts(face_ids):
        rows += session.execute(select(*columns).where(Face.id.in_(some))).all()
    faces = pd.DataFrame(
        {
            "area": [(row.x_max - row.x_min) * (row.y_max - row.y_min) for row in rows],
            "sharpness": [row.quality.get("sharpness") or 0.0 for row in rows],
        },
        index=pd.Index([row.id for row in rows], name="face_id", dtype="int64"),
    )
    said = consensus_of(session, face_ids)
    chosen = _choices(session)
    faces["chosen"] = [chosen.get(face_id, 0) for face_id in faces.index]
    faces["is_settled"] = said["verdict"].notna().reindex(faces.index, fill_value=False)
    faces["votes"] = said["votes"].reindex(faces.index, fill_value=0)
    return faces


def _choices(session: Session) -> dict[int, int]:
    """Return a number for each face that people chose to keep, greater for a newer choice."""
    standing = select(DuplicateDecision.face_id, DuplicateDecision.id).where(
        DuplicateDecision.ruling == Ruling.KEEP, DuplicateDecision.undone_at.is_(None)
    )
    return dict(session.execute(standing.order_by(DuplicateDecision.id)).all())


def _store(session: Session, members: list[Member], reasons: dict[int, str]) -> None:
    rows = [
        {
            "face_id": member.face,
            "keeper_id": member.keeper,
            "match": _match(member.match),
            "distance": member.match.distance if member.match else 0,
            "likeness": member.match.likeness if member.match else 1.0,
            "is_mirrored": member.match is not None and member.match.is_mirrored,
            "kept_because": reasons.get(member.face, ""),
        }
        for member in members
    ]
    if rows:
        session.execute(insert(DuplicateMember), rows)


def _match(pair: Pair | None) -> Match:
    if pair is None or pair.is_exact:
        return Match.PIXELS
    return Match.FRAME if pair.is_frame else Match.LOOK
