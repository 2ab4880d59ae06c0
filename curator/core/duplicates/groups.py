"""Faces that show the same picture: which of them form a group, and which one stays."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from db.labels import Expression

_LABELS = pd.Index([str(label) for label in Expression])

_MERITS = ("chosen", "is_settled", "votes", "area", "sharpness")

_BECAUSE = {
    "chosen": "a person chose it",
    "is_settled": "its label is settled",
    "votes": "it has more annotations",
    "area": "it is larger",
    "sharpness": "it is sharper",
}
_EARLIER = "it came in earlier"


@dataclass(frozen=True)
class Pair:
    """Two faces that show the same picture.

    Attributes:
        first: The smaller face id.
        second: The larger one.
        distance: Bits by which their perceptual hashes differ, 0 to 64.
        likeness: How far their pixels agree, at most 1.
        is_mirrored: Whether one matches the mirror image of the other.
        is_exact: Whether their pixels are equal.
        is_frame: Whether they count as one because they follow each other in a video.
    """

    first: int
    second: int
    distance: int
    likeness: float = 1.0
    is_mirrored: bool = False
    is_exact: bool = False
    is_frame: bool = False


@dataclass(frozen=True)
class Member:
    """A face of a duplicate group.

    Attributes:
        keeper: The id of the face that stays.
        face: Its own id; the keeper is a member too.
        match: How it matched the keeper; None for the keeper.
    """

    keeper: int
    face: int
    match: Pair | None


def group_by_keeper(pairs: Iterable[Pair], keeper_order: list[int]) -> list[Member]:
    """Group faces so that each member was matched with its keeper itself.

    A~B and B~C do not make A and C the same picture: going through the faces from the
    best keeper down, each takes the matches that no better keeper has taken.

    Args:
        pairs: Matches between faces.
        keeper_order: All their ids, the best keeper first.

    Returns:
        The members of all groups of two or more; of each group the keeper first, then
        the others by id.

    Example:
        >>> pairs = [Pair(0, 1, distance=4), Pair(1, 2, distance=5)]
        >>> [(member.keeper, member.face) for member in group_by_keeper(pairs, [0, 1, 2])]
        [(0, 0), (0, 1)]
        >>> [(member.keeper, member.face) for member in group_by_keeper(pairs, [1, 0, 2])]
        [(1, 1), (1, 0), (1, 2)]
    """
    matches = _matches_by_face(pairs)
    taken: set[int] = set()
    members: list[Member] = []
    for keeper in keeper_order:
        found = {} if keeper in taken else matches.get(keeper, {})
        free = sorted(face for face in found if face not in taken)
        if free:
            taken |= {keeper, *free}
            members.append(Member(keeper, keeper, None))
            members += [Member(keeper, face, found[face]) for face in free]
    return members


def _matches_by_face(pairs: Iterable[Pair]) -> dict[int, dict[int, Pair]]:
    matches: dict[int, dict[int, Pair]] = {}
    for pair in pairs:
        matches.setdefault(pair.first, {})[pair.second] = pair
        matches.setdefault(pair.second, {})[pair.first] = pair
    return matches


def keeper_order(faces: pd.DataFrame) -> list[int]:
    """Put faces in the order in which they are kept rather than others.

    First the one that a person chose last, then those with a settled label, with more
    annotations, larger in their image, sharper, and at last those that came in earlier.

    Args:
        faces: By face id (int): `chosen` (int, 0 unless chosen, greater when later),
            `is_settled` (bool), `votes` (int), `area` (float, square pixels) and
            `sharpness` (float).

    Example:
        >>> faces = pd.DataFrame({"chosen": 0, "is_settled": [False, True, True],
        ...     "votes": [5, 2, 2], "area": [900.0, 400.0, 400.0], "sharpness": [9.0, 7.0, 8.0]},
        ...     index=[1, 2, 3])
        >>> keeper_order(faces)
        [3, 2, 1]
    """
    best = (
        faces.rename_axis(index=None)
        .assign(face_id=faces.index)
        .sort_values([*_MERITS, "face_id"], ascending=[False] * len(_MERITS) + [True])
    )
    return [int(face_id) for face_id in best.index]


def kept_because(faces: pd.DataFrame, members: Iterable[Member]) -> dict[int, str]:
    """Say of each keeper by which merit it came before the second best of its group.

    Args:
        faces: As for `keeper_order`.
        members: What `group_by_keeper` returned for that order.

    Example:
        >>> faces = pd.DataFrame({"chosen": 0, "is_settled": True, "votes": [2, 5],
        ...     "area": 400.0, "sharpness": 9.0}, index=[1, 2])
        >>> kept_because(faces, group_by_keeper([Pair(1, 2, 4)], keeper_order(faces)))
        {2: 'it has more annotations'}
    """
    rank = {face_id: place for place, face_id in enumerate(keeper_order(faces))}
    second: dict[int, int] = {}
    for member in members:
        if member.match is not None:
            known = second.get(member.keeper, member.face)
            second[member.keeper] = min(known, member.face, key=rank.__getitem__)
    keepers, seconds = faces.loc[list(second)], faces.loc[list(second.values())]
    is_better = np.column_stack(
        [keepers[merit].to_numpy() > seconds[merit].to_numpy() for merit in _MERITS]
    )
    reasons = [*(_BECAUSE[merit] for merit in _MERITS), _EARLIER]
    first = np.where(is_better.any(axis=1), is_better.argmax(axis=1), len(_MERITS))
    return {keeper: reasons[place] for keeper, place in zip(second, first, strict=True)}


def conflicting(keeper_ids: pd.Series, verdicts: pd.Series) -> pd.Series:
    """Tell of each face whether its duplicate group is settled on different labels.

    Flags and unsettled faces contradict no label.

    Args:
        keeper_ids: (n,) int, the group of each face; missing outside groups.
        verdicts: (n,) str, what each face is settled on; missing when unsettled.

    Returns:
        (n,) bool, with the index of `keeper_ids`.

    Example:
        >>> keepers, said = pd.Series([1, 1, 3, 3]), pd.Series(["sad", "fear", "sad", "bad crop"])
        >>> conflicting(keepers, said).tolist()
        [True, True, False, False]
    """
    codes = pd.Series(_LABELS.get_indexer(pd.Index(verdicts)), keeper_ids.index, dtype=float)
    labels = codes.where(codes >= 0).groupby(keeper_ids)
    differ = labels.transform("max") > labels.transform("min")
    return differ.astype(bool)


def consecutive_frames(frames: pd.DataFrame) -> list[tuple[int, int]]:
    """Pair the faces that stand in consecutive frames of one video.

    A frame's number is what its name ends with, before the extension. Frames that are not
    numbered, or with more than one face, have no next one.

    Args:
        frames: `face_id` (int), `sequence` (str, missing outside videos), `image_id` (int)
            and `image_name` (str).

    Returns:
        Pairs of face ids, the smaller first, in order.

    Example:
        >>> frames = pd.DataFrame({"face_id": [1, 2, 3], "sequence": "S010_004",
        ...     "image_id": [1, 2, 3], "image_name": ["a_07.png", "a_08.png", "a_10.png"]})
        >>> consecutive_frames(frames)
        [(1, 2)]
    """
    known = frames[frames["sequence"].notna()]
    known = known[~known["image_id"].duplicated(keep=False)]
    number = known["image_name"].str.extract(r"(\d+)\D*(?:\.\w+)?$", expand=False)
    known = known.assign(number=pd.to_numeric(number)).dropna(subset="number")
    known = known.sort_values(["sequence", "number", "face_id"])
    follows = (known["number"].diff() == 1) & (known["sequence"] == known["sequence"].shift())
    pairs = zip(known["face_id"].shift()[follows], known["face_id"][follows], strict=True)
    return sorted((int(min(pair)), int(max(pair))) for pair in pairs)
