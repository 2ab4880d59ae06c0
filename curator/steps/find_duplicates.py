"""Find the faces that show the same picture, and name the one to keep of each."""

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import delete
from sqlalchemy.orm import Session

from curator.core.duplicates import Member, Pair, exact_pairs, group_by_keeper, near_pairs
from curator.core.likeness import MIN_LIKENESS, likeness
from curator.core.preprocessing import grey
from curator.steps.face_table import face_table
from curator.steps.image_files import decoded
from curator.steps.settle_labels import settings
from db.duplicates import DuplicateMember, Match
from db.progress import BATCH_ROWS, Progress, Steps
from db.project import Project


@dataclass(frozen=True)
class DuplicateReport:
    """What a search found.

    Attributes:
        faces: Faces compared.
        groups: Duplicate groups.
        duplicates: Faces in them that are not kept.
        exact: Those of them whose pixels equal the keeper's.
        refused: Pairs that hash alike and whose pixels do not.
    """

    faces: int
    groups: int
    duplicates: int
    exact: int
    refused: int


def find_duplicates(
    project: Project, session: Session, distance: int | None = None
) -> Steps[DuplicateReport]:
    """Compare all faces with each other and rebuild the duplicate groups whole.

    The keeper of a group is the face with a settled label, then the one with more
    annotations, the larger one in its image, the earlier one.

    Args:
        distance: Most bits by which two hashes differ; stored as the project's choice.
            The choice made before when none is given.
    """
    distance = _choose_distance(session, distance)
    faces = face_table(session)
    yield Progress(0, 0, f"Comparing {len(faces):,} faces")
    near = near_pairs(faces["phash"].to_numpy(), faces["phash_mirrored"].to_numpy(), distance)
    alike = yield from _alike(project, faces["crop_sha256"].tolist(), near)
    members = group_by_keeper([*alike, *exact_pairs(faces["crop_sha256"])], _keeper_order(faces))
    _store(session, faces["face_id"].tolist(), members)
    matches = [member.match for member in members if member.match is not None]
    return DuplicateReport(
        faces=len(faces),
        groups=len(members) - len(matches),
        duplicates=len(matches),
        exact=sum(match.is_exact for match in matches),
        refused=len(near) - len(alike),
    )


def _choose_distance(session: Session, distance: int | None) -> int:
    stored = settings(session)
    if distance is not None:
        stored.duplicate_distance = distance
        session.add(stored)
    return stored.duplicate_distance


def _alike(project: Project, crops: list[str], pairs: list[Pair]) -> Steps[list[Pair]]:
    alike: list[Pair] = []
    for done, pair in enumerate(pairs, start=1):
        first = grey(decoded(project.crops.read(crops[pair.first])))
        second = grey(decoded(project.crops.read(crops[pair.second])))
        if likeness(first, second[:, ::-1] if pair.is_mirrored else second) >= MIN_LIKENESS:
            alike.append(pair)
        if done % BATCH_ROWS == 0:
            yield Progress(done, len(pairs), "Checking pixels of pairs that hash alike")
    return alike


def _keeper_order(faces: pd.DataFrame) -> list[int]:
    area = (faces["x_max"] - faces["x_min"]) * (faces["y_max"] - faces["y_min"])
    key = pd.DataFrame(
        {
            "unsettled": faces["verdict"].isna(),
            "votes": -faces["votes"],
            "area": -area,
            "face_id": faces["face_id"],
        }
    ).reset_index(drop=True)
    return [int(place) for place in key.sort_values(list(key.columns)).index]


def _store(session: Session, face_ids: list[int], members: list[Member]) -> None:
    session.execute(delete(DuplicateMember))
    session.add_all(
        DuplicateMember(
            face_id=face_ids[member.place],
            keeper_id=face_ids[member.keeper],
            distance=member.match.distance if member.match else 0,
            match=Match.PIXELS if member.match is None or member.match.is_exact else Match.LOOK,
            likeness=1.0,
            is_mirrored=member.match is not None and member.match.is_mirrored,
        )
        for member in members
    )
