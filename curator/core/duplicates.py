"""Faces that show the same picture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

_BLOCK_ROWS = 1024

Hashes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Pair:
    """Two faces that look the same, named by their places in the table given.

    Attributes:
        first: The smaller place.
        second: The larger place.
        distance: Bits by which their perceptual hashes differ, 0 to 64.
        is_mirrored: Whether one matches the mirror image of the other.
        is_exact: Whether their pixels are equal.
    """

    first: int
    second: int
    distance: int
    is_mirrored: bool = False
    is_exact: bool = False


def near_pairs(hashes: Hashes, mirrored: Hashes, distance: int) -> list[Pair]:
    """Find all pairs whose perceptual hashes differ by few bits, also when mirrored.

    All pairs are compared, block by block, so that memory stays at about 8 MB per
    1,000 faces.

    Args:
        hashes: (n,) int64, the 64-bit hash of each crop.
        mirrored: (n,) int64, that of each crop's mirror image.
        distance: Most bits that may differ, 0 to 64.

    Returns:
        Each pair once, by `first` and `second`; the closer of the two ways to match.

    Example:
        >>> pairs = near_pairs(np.array([0, 1, 255]), np.array([7, 6, 0]), distance=1)
        >>> [(pair.first, pair.second, pair.distance, pair.is_mirrored) for pair in pairs]
        [(0, 1, 1, False), (0, 2, 0, True), (1, 2, 1, True)]
    """
    if not 0 <= distance <= 64:
        raise ValueError(f"`distance` must be from 0 to 64 bits. Received: {distance}")
    pairs: list[Pair] = []
    for start in range(0, len(hashes), _BLOCK_ROWS):
        pairs += _pairs_of_block(hashes, mirrored, start, distance)
    return pairs


def _pairs_of_block(hashes: Hashes, mirrored: Hashes, start: int, distance: int) -> list[Pair]:
    rows = slice(start, start + _BLOCK_ROWS)
    straight = _bits_that_differ(hashes[rows, None] ^ hashes[None, start:])
    # Mirroring is not exact on hashes, so either side of the pair may be the closer match.
    one = _bits_that_differ(hashes[rows, None] ^ mirrored[None, start:])
    other = _bits_that_differ(mirrored[rows, None] ^ hashes[None, start:])
    flipped = np.minimum(one, other)
    nearest = np.minimum(straight, flipped)
    first, second = np.nonzero(np.triu(nearest <= distance, k=1))
    return [
        Pair(
            int(i) + start, int(j) + start, int(nearest[i, j]), bool(flipped[i, j] < straight[i, j])
        )
        for i, j in zip(first, second, strict=True)
    ]


def _bits_that_differ(xor: Hashes) -> npt.NDArray[np.uint8]:
    # numpy counts the bits of a signed number's absolute value, which is not what we ask.
    return np.bitwise_count(xor.view(np.uint64))


def exact_pairs(pixel_keys: pd.Series) -> list[Pair]:
    """Pair each face with the first face that has the same pixels.

    Args:
        pixel_keys: (n,) str, equal where the pixels of the face are equal.
    """
    places = pd.Series(range(len(pixel_keys)), index=pixel_keys.index)
    firsts = places.groupby(pixel_keys, sort=False).transform("min")
    return [
        Pair(int(first), int(second), distance=0, is_exact=True)
        for first, second in zip(firsts, places, strict=True)
        if first != second
    ]


@dataclass(frozen=True)
class Member:
    """A face of a duplicate group, by its place in the table given.

    Attributes:
        keeper: The place of the face that stays.
        place: Its own place; the keeper is a member too.
        match: How it matched the keeper; None for the keeper.
    """

    keeper: int
    place: int
    match: Pair | None


def group_by_keeper(pairs: list[Pair], keeper_order: list[int]) -> list[Member]:
    """Group faces so that each member was matched with its keeper itself.

    A~B and B~C do not make A and C the same picture: going through the faces from the
    best keeper down, each takes the matches that no better keeper has taken.

    Args:
        pairs: Matches between places.
        keeper_order: All places, the best keeper first.

    Returns:
        The members of all groups of two or more; of each group the keeper first, then
        the others by place.

    Example:
        >>> pairs = [Pair(0, 1, distance=4), Pair(1, 2, distance=5)]
        >>> [(member.keeper, member.place) for member in group_by_keeper(pairs, [0, 1, 2])]
        [(0, 0), (0, 1)]
        >>> [(member.keeper, member.place) for member in group_by_keeper(pairs, [1, 0, 2])]
        [(1, 1), (1, 0), (1, 2)]
    """
    matches = _matches_by_place(pairs)
    taken: set[int] = set()
    members: list[Member] = []
    for keeper in keeper_order:
        found = {} if keeper in taken else matches.get(keeper, {})
        free = sorted(place for place in found if place not in taken)
        if free:
            taken |= {keeper, *free}
            members.append(Member(keeper, keeper, None))
            members += [Member(keeper, place, found[place]) for place in free]
    return members


def _matches_by_place(pairs: list[Pair]) -> dict[int, dict[int, Pair]]:
    matches: dict[int, dict[int, Pair]] = {}
    for pair in sorted(pairs, key=lambda pair: pair.is_exact):  # the exact match is said last
        matches.setdefault(pair.first, {})[pair.second] = pair
        matches.setdefault(pair.second, {})[pair.first] = pair
    return matches
