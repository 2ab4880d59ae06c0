import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.duplicates.candidates import bits_apart, equal_pairs, near_candidates, of_images

hash64 = st.integers(-(2**63), 2**63 - 1)


def bits(a: int, b: int) -> int:
    return ((a ^ b) & (2**64 - 1)).bit_count()


@given(st.lists(st.tuples(hash64, hash64), max_size=9), st.integers(0, 64), st.integers(0, 9))
def test_candidates_are_those_that_counting_bits_one_by_one_finds(
    hashes: list[tuple[int, int]], distance: int, known: int
) -> None:
    straight = np.array([h for h, _ in hashes], dtype=np.int64)
    mirrored = np.array([m for _, m in hashes], dtype=np.int64)
    known = min(known, len(hashes))
    found = near_candidates(straight, mirrored, distance, known)
    expected: dict[tuple[int, int, bool], int] = {}
    for j, (hash_j, mirrored_j) in enumerate(hashes):
        for i, (hash_i, mirrored_i) in enumerate(hashes[:j]):
            ways = {
                False: bits(hash_i, hash_j),
                True: min(bits(hash_i, mirrored_j), bits(mirrored_i, hash_j)),
            }
            near = {(i, j, way): apart for way, apart in ways.items() if apart <= distance}
            expected |= near if j >= known else {}
    rows = [tuple(row) for row in found.itertuples(index=False)]
    assert rows == sorted(expected)
    assert bits_apart(straight, mirrored, found).tolist() == [expected[row] for row in rows]


def test_a_distance_of_more_bits_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 64"):
        near_candidates(np.array([1]), np.array([1]), 65)


def test_faces_of_alike_images_are_paired_each_with_each() -> None:
    pairs = pd.DataFrame({"first": [0, 2], "second": [1, 2], "is_mirrored": [True, False]})
    found = of_images(pairs, np.array([0, 1, 1, 2, 2, -1]))
    assert found.to_numpy().tolist() == [[0, 1, True], [0, 2, True], [3, 4, False]]


def test_all_faces_of_equal_pixels_are_paired_and_of_very_many_each_with_the_first() -> None:
    assert list(equal_pairs(pd.Series(["a", "b", "a", "a"]))) == [(0, 2), (0, 3), (2, 3)]
    assert list(equal_pairs(pd.Series(["a"] * 60))) == [(0, other) for other in range(1, 60)]
    assert list(equal_pairs(pd.Series(["a", "b"]))) == []
