"""The duplicate groups as people look at them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.face_table import face_table
from db.duplicates import DuplicateMember, Match
from db.labels import Expression


@dataclass(frozen=True)
class GroupedFace:
    """A face in a group: why it is there and what it is labelled."""

    face_id: int
    reason: str
    verdict: str
    image_name: str


@dataclass(frozen=True)
class DuplicateGroup:
    """Faces that show the same picture, the one that is kept first."""

    keeper_id: int
    faces: tuple[GroupedFace, ...]

    @property
    def is_conflict(self) -> bool:
        """Whether its faces are settled on different labels."""
        return len({face.verdict for face in self.faces} & set(Expression)) > 1

    def captions(self) -> list[tuple[int, str]]:
        """Return each face with what to write under it."""
        return [
            (face.face_id, f"{face.reason} · {face.verdict or 'unsettled'} · {face.image_name}")
            for face in self.faces
        ]


def duplicate_groups(session: Session) -> list[DuplicateGroup]:
    """Return the groups found by the last search, those with conflicting labels first."""
    faces = face_table(session).set_index("face_id")[["verdict", "image_name"]].fillna("")
    groups: dict[int, list[GroupedFace]] = {}
    for member in session.scalars(select(DuplicateMember).order_by(DuplicateMember.face_id)):
        verdict, name = faces.loc[member.face_id]
        face = GroupedFace(member.face_id, _reason(member), str(verdict), str(name))
        groups.setdefault(member.keeper_id, []).append(face)
    listed = [
        DuplicateGroup(keeper, tuple(sorted(members, key=lambda face: face.face_id != keeper)))
        for keeper, members in groups.items()
    ]
    return sorted(listed, key=lambda group: (not group.is_conflict, group.keeper_id))


def _reason(member: DuplicateMember) -> str:
    if member.face_id == member.keeper_id:
        return "kept"
    if member.match is Match.PIXELS:
        return "same pixels"
    mirrored = ", mirrored" if member.is_mirrored else ""
    return f"{member.distance} bits apart{mirrored}"
