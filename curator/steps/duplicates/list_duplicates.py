"""The duplicate groups as people look at them: which there are, and a few of them closely."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import VERDICTS
from curator.core.duplicates.groups import conflicting
from curator.steps.consensus.settle_labels import consensus_of
from db.labels import Expression
from db.tables.duplicates import DuplicateDecision, DuplicateMember, DuplicateSearch, Match, Ruling
from db.tables.images import Face, Image, Source
from db.tables.people import Annotator


class Only(StrEnum):
    """Which groups a person looks at."""

    UNDECIDED = "undecided"
    CONFLICTS = "conflicts"
    EXACT = "exact"
    NEAR = "near"
    MIRRORED = "mirrored"
    FRAMES = "next frame"
    ALL = "all"


@dataclass(frozen=True)
class GroupIndex:
    """Which groups there are, in the order of the work, without their faces.

    Attributes:
        table: One row per group by keeper id (int): a bool for each of `Only`. Conflicts
            come first, then the group that holds the earliest face.
    """

    table: pd.DataFrame

    def counts(self) -> dict[Only, int]:
        """Count the groups of each kind."""
        return {only: int(self.table[only].sum()) for only in Only}

    def keepers(self, only: Only) -> list[int]:
        """Name the groups of a kind by their keepers, in order."""
        return [int(keeper) for keeper in self.table.index[self.table[only]]]


@dataclass(frozen=True)
class GroupedFace:
    """A face in a group: how it matches the keeper, and what it carries.

    Attributes:
        is_kept: It is the keeper, which matches itself.
        distance: Bits by which its perceptual hash differs from the keeper's.
        likeness: How far its pixels agree with the keeper's; at most 1.
        verdict: The label or the flag that it is settled on; empty when it is unsettled.
        is_final: A reviewer's word settles it.
        votes: How many say what, the most frequent first.
    """

    face_id: int
    is_kept: bool
    match: Match
    distance: int
    likeness: float
    is_mirrored: bool
    verdict: str
    is_final: bool
    votes: dict[str, int]
    source: str
    image_name: str

    @property
    def reason(self) -> str:
        """Say why the face is in its group.

        Example:
            >>> GroupedFace(7, False, Match.LOOK, 6, 0.974, True, "", False, {}, "", "").reason
            '6 bits apart, mirrored'
        """
        if self.is_kept:
            return "kept"
        mirrored = ", mirrored" if self.is_mirrored else ""
        if self.match is Match.LOOK:
            return f"{self.distance} bit{'s' * (self.distance != 1)} apart{mirrored}"
        return f"{self.match}{mirrored}"


@dataclass(frozen=True)
class KeptBy:
    """Who decided which face of a group is kept, and when."""

    name: str
    at: datetime


@dataclass(frozen=True)
class DuplicateGroup:
    """Faces that show the same picture, the one that is kept first.

    Attributes:
        kept_because: Why the keeper is kept.
        kept_by: Who chose it; None while the order of faces does.
    """

    keeper_id: int
    kept_because: str
    kept_by: KeptBy | None
    faces: tuple[GroupedFace, ...]

    @property
    def is_conflict(self) -> bool:
        """Whether its faces are settled on different labels."""
        return len({face.verdict for face in self.faces} & set(Expression)) > 1


def group_index(session: Session) -> GroupIndex:
    """List all groups that stand, those with conflicting labels first."""
    members = _members(session)
    members[Only.EXACT] = members["match"] == Match.PIXELS
    members[Only.NEAR] = members["match"] == Match.LOOK
    members[Only.FRAMES] = members["match"] == Match.FRAME
    first = members.groupby("keeper_id")["face_id"].min()
    copies = members[members["face_id"] != members["keeper_id"]].groupby("keeper_id")
    kinds = [Only.CONFLICTS, Only.EXACT, Only.NEAR, Only.MIRRORED, Only.FRAMES]
    table = copies[[str(kind) for kind in kinds]].any()
    table[Only.UNDECIDED] = table[Only.CONFLICTS] | ~table.index.isin(_chosen_keepers(session))
    table[Only.ALL] = True
    table["first"] = first
    return GroupIndex(table.sort_values([Only.CONFLICTS, "first"], ascending=[False, True]))


def _members(session: Session) -> pd.DataFrame:
    """Return each face of a group with its keeper, how it matches and whether labels differ."""
    rows = session.execute(
        select(
            DuplicateMember.face_id,
            DuplicateMember.keeper_id,
            type_coerce(DuplicateMember.match, String),
            DuplicateMember.is_mirrored,
        ).order_by(DuplicateMember.face_id)
    ).all()
    columns = {"face_id": "int64", "keeper_id": "int64", "match": "str", Only.MIRRORED: "bool"}
    table = pd.DataFrame([tuple(row) for row in rows], columns=list(columns)).astype(columns)
    verdicts = consensus_of(session, table["face_id"])["verdict"].reindex(table["face_id"])
    table[Only.CONFLICTS] = conflicting(table["keeper_id"], verdicts.reset_index(drop=True))
    return table


def _chosen_keepers(session: Session) -> set[int]:
    return set(session.scalars(select(DuplicateDecision.face_id).where(*_CHOSEN)))


_CHOSEN = (DuplicateDecision.ruling == Ruling.KEEP, DuplicateDecision.undone_at.is_(None))


def duplicate_groups(
    session: Session, keepers: Sequence[int] | None = None
) -> list[DuplicateGroup]:
    """Describe groups with all their faces.

    Args:
        keepers: The groups, by keeper id, in the order wanted; all that stand, in the order
            of the work, when none are given.
    """
    keepers = group_index(session).keepers(Only.ALL) if keepers is None else keepers
    faces = _faces_of(session, keepers)
    because, chosen = _reasons(session, keepers), _kept_by(session, keepers)
    return [
        DuplicateGroup(keeper, because.get(keeper, ""), chosen.get(keeper), tuple(faces[keeper]))
        for keeper in keepers
        if keeper in faces
    ]


def _faces_of(session: Session, keepers: Sequence[int]) -> dict[int, list[GroupedFace]]:
    is_copy = DuplicateMember.face_id != DuplicateMember.keeper_id
    rows = session.execute(
        select(DuplicateMember, Source.name, Image.name)
        .join(Face, Face.id == DuplicateMember.face_id)
        .join(Image, Image.id == Face.image_id)
        .join(Source, Source.id == Image.source_id)
        .where(DuplicateMember.keeper_id.in_(keepers))
        .order_by(is_copy, DuplicateMember.face_id)
    ).all()
    settled = consensus_of(session, [member.face_id for member, _, _ in rows]).to_dict("index")
    groups: dict[int, list[GroupedFace]] = {}
    for member, source, name in rows:
        said = settled.get(member.face_id, {})
        groups.setdefault(member.keeper_id, []).append(
            GroupedFace(
                face_id=member.face_id,
                is_kept=member.face_id == member.keeper_id,
                match=member.match,
                distance=member.distance,
                likeness=member.likeness,
                is_mirrored=member.is_mirrored,
                verdict=said["verdict"] if pd.notna(said.get("verdict")) else "",
                is_final=bool(said.get("is_final", False)),
                votes=_votes(said),
                source=source,
                image_name=name,
            )
        )
    return groups


def _votes(said: Mapping[Hashable, Any]) -> dict[str, int]:
    counts = {str(verdict): said.get(verdict, 0) for verdict in VERDICTS}
    most_first = sorted(counts, key=lambda verdict: -counts[verdict])
    return {verdict: counts[verdict] for verdict in most_first if counts[verdict]}


def _reasons(session: Session, keepers: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(DuplicateMember.face_id, DuplicateMember.kept_because).where(
            DuplicateMember.face_id.in_(keepers)
        )
    )
    return {row.face_id: row.kept_because for row in rows}


def _kept_by(session: Session, keepers: Sequence[int]) -> dict[int, KeptBy]:
    rows = session.execute(
        select(DuplicateDecision.face_id, Annotator.name, DuplicateDecision.decided_at)
        .join(Annotator, Annotator.id == DuplicateDecision.decided_by)
        .where(*_CHOSEN, DuplicateDecision.face_id.in_(keepers))
        .order_by(DuplicateDecision.id)
    )
    return {face_id: KeptBy(name, at) for face_id, name, at in rows}


def group_of(session: Session, face_id: int) -> int | None:
    """Name the keeper of the group that a face is in; None when it is in none."""
    member = session.get(DuplicateMember, face_id)
    return None if member is None else member.keeper_id


def faces_not_compared(session: Session) -> int:
    """Count the faces that came in after the last search that came to its end."""
    newest = (
        select(DuplicateSearch.newest_face_id)
        .order_by(DuplicateSearch.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(func.count(Face.id)).where(Face.id > func.coalesce(newest, 0))
    return session.scalars(query).one()
