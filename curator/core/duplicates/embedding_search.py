"""Faces that look alike, found by their looks."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from curator.core.duplicates.patch_embedding import mirrored

MIN_SIMILARITY = 0.65
"""How alike two looks are at least, from -1 to 1, before their pixels are compared."""

SURE_SIMILARITY = 0.75
"""From here on all pixels are compared; below, those of the `MOST_OF_A_FACE` most alike. The
more faces there are the more look alike by chance, while a copy stays among the first."""

MOST_OF_A_FACE = 3

_PRODUCTS_IN_A_PART = 20_000_000

Places = NDArray[np.int64]


def similar_pairs(
    nudged: NDArray[np.float32], looks: NDArray[np.float32], min_look: float = MIN_SIMILARITY
) -> Iterator[tuple[Places, Places, NDArray[np.bool_], int]]:
    """Compare each face, however its landmarks may be off, with all others and their mirror images.

    All pairs are compared, as products of matrices, part by part: 80 MB at a time.

    Args:
        nudged: float32 (n, k, 63), k looks of each face, as `patch_embedding` tells.
        looks: float32 (m, 63).
        min_look: Least inner product of two looks that are alike.

    Yields:
        For each part: places in `nudged`, places in `looks`, whether it is the mirror image
        that looks alike, and how many of the n are done. A pair may come both ways, and
        either way may be left out when neither face is among the most alike of the other.
    """
    count, errors, length = nudged.shape
    rows = max(1, _PRODUCTS_IN_A_PART // max(1, errors * len(looks)))
    sides = ((looks.T, False), (mirrored(looks).T, True))
    for start in range(0, count, rows):
        part = nudged[start : start + rows].reshape(-1, length)
        for side, is_mirrored in sides:
            best = (part @ side).reshape(-1, errors, len(looks)).max(axis=1)
            first, second = np.nonzero(best >= min_look)
            kept = _most_alike(first, best[first, second])
            first, second = first[kept], second[kept]
            done = min(start + rows, count)
            yield first + start, second, np.full(len(first), is_mirrored), done


def _most_alike(faces: Places, looks: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which pairs are sure, or among the most alike of their first face.

    Args:
        faces: (n,) the first face of each pair, in order.
        looks: (n,) how alike the two are.
    """
    order = np.lexsort((-looks, faces))
    rank = np.empty(len(faces), dtype=np.int64)
    rank[order] = np.arange(len(faces)) - np.searchsorted(faces, faces)
    kept: NDArray[np.bool_] = (looks >= SURE_SIMILARITY) | (rank < MOST_OF_A_FACE)
    return kept
