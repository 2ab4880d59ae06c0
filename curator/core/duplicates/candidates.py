"""Pairs of faces that may show the same picture, to be compared pixel by pixel."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from curator.core.duplicates.hash_search import near_hashes

_MOST_EQUAL = 50
"""Of more faces with the same pixels, each is paired with the first alone."""

_FORM = {"first": "int64", "second": "int64", "is_mirrored": "bool"}

Hashes = NDArray[np.int64]


def near_candidates(
    hashes: Hashes, mirrored: Hashes, distance: int, known: int = 0
) -> pd.DataFrame:
    """Pair pictures whose hashes are near, also where one is seen in a mirror.

    Args:
        hashes: (n,) int64, the perceptual hash of each picture.
        mirrored: (n,) int64, that of each mirror image.
        distance: Most bits that may differ, 0 to 64.
        known: The first so many pictures have been paired with each other before.

    Returns:
        `first` < `second` (int, places) and `is_mirrored` (bool). A pair may come both ways.

    Example:
        >>> pairs = near_candidates(np.array([0, 1, 255]), np.array([7, 6, 0]), distance=1)
        >>> pairs.to_numpy().tolist()
        [[0, 1, False], [0, 2, True], [1, 2, True]]
    """
    old, new = slice(known), slice(known, None)
    # Mirroring is not exact on hashes, so either side of a pair may be the closer match.
    searches = (
        (hashes[new], None, False),
        (hashes[new], hashes[old], False),
        (hashes[new], mirrored, True),
        (mirrored[new], hashes[old], True),
    )
    found = []
    for left, right, is_mirrored in searches:
        near = near_hashes(left, right, distance=distance)
        second = near.second + (known if right is None else 0)
        columns = {"first": near.first + known, "second": second, "is_mirrored": is_mirrored}
        found.append(pd.DataFrame(columns))
    return in_order(pd.concat(found))


def in_order(pairs: pd.DataFrame) -> pd.DataFrame:
    """Put the smaller place first, and each pair once; pairs of a face with itself go."""
    first = pairs[["first", "second"]].min(axis="columns")
    second = pairs[["first", "second"]].max(axis="columns")
    ordered = pairs.assign(first=first, second=second)[first < second].drop_duplicates()
    return ordered.sort_values(list(_FORM), ignore_index=True).astype(_FORM)


def of_images(pairs: pd.DataFrame, images: NDArray[np.int64]) -> pd.DataFrame:
    """Turn pairs of images into pairs of their faces, each of one with each of the other.

    Args:
        pairs: As `near_candidates` returns them, of images by their places.
        images: (n,) int, the place of the image of each face.
    """
    faces = pd.DataFrame({"image": images, "face": np.arange(len(images))})
    sides = [faces.rename(columns={"image": side, "face": f"{side}_face"}) for side in _SIDES]
    joined = pairs.merge(sides[0], on="first").merge(sides[1], on="second")
    named = joined[["first_face", "second_face", "is_mirrored"]]
    return in_order(named.set_axis(list(_FORM), axis="columns"))


_SIDES = ("first", "second")


def equal_pairs(keys: pd.Series) -> Iterator[tuple[int, int]]:
    """Pair the faces that have the same pixels, by their places.

    Args:
        keys: (n,) str, equal where the pixels are.
    """
    places = pd.Series(np.arange(len(keys)), index=keys.index)
    repeated = keys.duplicated(keep=False)
    for _, group in places[repeated].groupby(keys[repeated], sort=False):
        same = group.tolist()
        if len(same) <= _MOST_EQUAL:
            yield from combinations(same, 2)
        else:
            yield from ((same[0], other) for other in same[1:])


def bits_apart(hashes: Hashes, mirrored: Hashes, pairs: pd.DataFrame) -> NDArray[np.int64]:
    """Count by how many bits the hashes of each pair differ, the way in which it matched."""
    first, second = pairs["first"].to_numpy(), pairs["second"].to_numpy()
    straight = _bits(hashes[first] ^ hashes[second])
    one, other = (
        _bits(hashes[first] ^ mirrored[second]),
        _bits(mirrored[first] ^ hashes[second]),
    )
    return np.where(pairs["is_mirrored"], np.minimum(one, other), straight)


def _bits(xor: Hashes) -> NDArray[np.int64]:
    # NumPy counts the bits of a signed number's absolute value, which is not what we ask.
    return np.bitwise_count(xor.view(np.uint64)).astype(np.int64)
