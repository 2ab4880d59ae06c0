"""Pairs of faces in different splits that hash alike, found by comparing all pairs.

This belongs to the check of `curator.core.snapshots.leaks` and takes nothing from the search for
duplicates: where hashes are near is reckoned by products of matrices, for every pair.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from curator.core.duplicates.patch_similarity import MIN_LIKENESS, patch_similarity

STRIPE_ROWS = 256
"""Faces that are compared at one go."""

_TILE_COLUMNS = 4096  # a tile of products is 4 MB, which stays in a cache
_HASH_BITS = 64
_PICTURES = ("crops", "images")
_BOX = ["x_min", "y_min", "x_max", "y_max"]

Apart = Collection[tuple[int, int]]
"""Pairs of face ids, the smaller one first, that a person found to show different pictures."""

Places = npt.NDArray[np.int64]
Signs = npt.NDArray[np.float32]


class Candidate(NamedTuple):
    """Two faces in different splits that hash alike, to be looked at pixel by pixel.

    Attributes:
        first_id: The smaller face id.
        second_id: The larger one.
        bits: By how many bits the nearer of their hashes differ.
        picture: Whose hashes these are: `crops` or `images`.
        is_mirrored: Whether one matches the mirror image of the other.
    """

    first_id: int
    second_id: int
    bits: int
    picture: str
    is_mirrored: bool


class Stripe(NamedTuple):
    """Some faces that were compared with all faces of the splits after theirs.

    Attributes:
        faces: How many, at most `STRIPE_ROWS`; the stripes of a table add up to its rows.
        candidates: The pairs of them to look at, by their ids.
    """

    faces: int
    candidates: list[Candidate]


def shows_same_picture(pair: Candidate, patch_of: Callable[[int], npt.NDArray[np.uint8]]) -> bool:
    """Compare two faces pixel by pixel, one of them in a mirror where so they matched.

    Args:
        pair: The two faces.
        patch_of: Gives of a face, by its id, what `duplicates.patch_similarity` compares.
    """
    first, second = patch_of(pair.first_id), patch_of(pair.second_id)
    mirrored = np.ascontiguousarray(second[:, ::-1])
    return patch_similarity(first, mirrored if pair.is_mirrored else second) >= MIN_LIKENESS


def pixel_keys(faces: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Write for each face two keys; faces have the same pixels where either is equal.

    Args:
        faces: `crop_sha256`, `pixels_sha256` (of the image) and the box in the image.

    Returns:
        That of the crop, and that of image and box, to the pixel.
    """
    box = faces[_BOX].round().astype("int64").astype("str")
    return faces["crop_sha256"], faces["pixels_sha256"].str.cat(box, sep=" ")


def near_candidates(faces: pd.DataFrame, distance: int, apart: Apart = ()) -> Iterator[Stripe]:
    """Find all pairs that cross a split and whose crops or images hash alike.

    Pairs of the same pixels are left out: nobody need look at those. A pair that matches
    both straight and mirrored comes twice.

    Args:
        faces: One row per face: `face_id` (int), `split` (str), `crop_sha256` (str),
            `pixels_sha256` (str, of the image), the box in it (`x_min`, `y_min`, `x_max`,
            `y_max`), `phash`, `phash_mirrored` (int64), `image_phash` and
            `image_phash_mirrored` (Int64, missing where never hashed).
        distance: Most bits by which two hashes may differ, 0 to 64.
        apart: Pairs to leave out.
    """
    if not 0 <= distance <= _HASH_BITS:
        raise ValueError(f"`distance` must be from 0 to 64 bits. Received: {distance}")
    ordered = faces.sort_values(["split", "face_id"], ignore_index=True)
    hashes, face_ids = _Hashes.of(ordered), ordered["face_id"].to_numpy(dtype=np.int64)
    left_out = frozenset(apart)
    for rows, others in _stripes(ordered["split"]):
        hits = list(hashes.hits(rows, others, distance))
        found = _candidates(pd.concat(hits), face_ids) if hits else []
        yield Stripe(len(rows), [pair for pair in found if pair[:2] not in left_out])


def _stripes(splits: pd.Series) -> Iterator[tuple[range, range]]:
    ends = splits.groupby(splits).size().cumsum().tolist()
    for start, end in zip([0, *ends], ends, strict=False):
        for row in range(start, end, STRIPE_ROWS):
            yield range(row, min(row + STRIPE_ROWS, end)), range(end, len(splits))


def _candidates(hits: pd.DataFrame, face_ids: Places) -> list[Candidate]:
    nearest = hits.sort_values("bits", kind="stable")  # equally near, crops come first
    nearest = nearest.drop_duplicates(["first", "second", "is_mirrored"])
    ids = np.sort(face_ids[nearest[["first", "second"]].to_numpy()], axis=1)
    named = nearest.assign(first=ids[:, 0], second=ids[:, 1])
    named = named.sort_values(["first", "second", "is_mirrored"])
    return [Candidate(*row) for row in named.itertuples(index=False, name=None)]


@dataclass(frozen=True)
class _Hashes:
    """The hashes of faces, each bit as 1 or -1, by picture and by whether it is mirrored.

    Attributes:
        signs: (n, 64) float32 each.
        is_hashed: (n,) bool, by picture.
        pixels: Numbers that are equal where pixels are, by key.
    """

    signs: dict[tuple[str, bool], Signs]
    is_hashed: dict[str, npt.NDArray[np.bool_]]
    pixels: list[Places]

    @classmethod
    def of(cls, faces: pd.DataFrame) -> "_Hashes":
        columns = {
            ("crops", False): faces["phash"],
            ("crops", True): faces["phash_mirrored"],
            ("images", False): faces["image_phash"],
            ("images", True): faces["image_phash_mirrored"],
        }
        return cls(
            {key: _signs(hashes) for key, hashes in columns.items()},
            {name: columns[name, False].notna().to_numpy() for name in _PICTURES},
            [pd.factorize(keys)[0] for keys in pixel_keys(faces)],
        )

    def hits(self, rows: range, others: range, distance: int) -> Iterator[pd.DataFrame]:
        """Find near hashes of rows with others, without pairs of the same pixels."""
        # Mirroring is not exact on hashes, so either side of a pair may be the closer match.
        for name in _PICTURES:
            for one, other in ((False, False), (False, True), (True, False)):
                signs, other_signs = self.signs[name, one], self.signs[name, other]
                for first, second, bits in _near(signs, other_signs, (rows, others), distance):
                    keep = self.is_hashed[name][first] & self.is_hashed[name][second]
                    for numbers in self.pixels:
                        keep &= numbers[first] != numbers[second]
                    places = {"first": first[keep], "second": second[keep], "bits": bits[keep]}
                    yield pd.DataFrame(places).assign(picture=name, is_mirrored=one != other)


def _signs(hashes: pd.Series) -> Signs:
    numbers = hashes.fillna(0).to_numpy(dtype=np.int64)
    bits = np.unpackbits(numbers.view(np.uint8).reshape(-1, 8), axis=1)
    return bits.astype(np.float32) * 2 - 1


def _near(
    signs: Signs, other_signs: Signs, within: tuple[range, range], distance: int
) -> Iterator[tuple[Places, Places, Places]]:
    """Multiply: an equal bit adds 1, another one takes 1 away, all exact in float32."""
    rows, others = within
    for start in range(others.start, others.stop, _TILE_COLUMNS):
        tile = other_signs[start : min(start + _TILE_COLUMNS, others.stop)]
        agreement = signs[rows.start : rows.stop] @ tile.T
        places = np.flatnonzero(agreement >= _HASH_BITS - 2 * distance)
        if len(places):
            bits = (_HASH_BITS - agreement.ravel()[places].astype(np.int64)) // 2
            first, second = np.divmod(places, len(tile))
            yield first + rows.start, second + start, bits
