import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.duplicates import Pair, exact_pairs, group_by_keeper, near_pairs
from curator.core.likeness import likeness

hash64 = st.integers(-(2**63), 2**63 - 1)


def bits_apart(a: int, b: int) -> int:
    return ((a ^ b) & (2**64 - 1)).bit_count()


@given(st.lists(st.tuples(hash64, hash64), max_size=12), st.integers(0, 64))
def test_near_pairs_are_those_that_counting_bits_one_by_one_finds(
    hashes: list[tuple[int, int]], distance: int
) -> None:
    found = near_pairs(
        np.array([h for h, _ in hashes], dtype=np.int64),
        np.array([m for _, m in hashes], dtype=np.int64),
        distance,
    )
    expected = {}
    for j, (hash_j, mirrored_j) in enumerate(hashes):
        for i, (hash_i, mirrored_i) in enumerate(hashes[:j]):
            straight = bits_apart(hash_i, hash_j)
            mirrored = min(bits_apart(hash_i, mirrored_j), bits_apart(mirrored_i, hash_j))
            if min(straight, mirrored) <= distance:
                expected[i, j] = (min(straight, mirrored), mirrored < straight)
    assert {(p.first, p.second): (p.distance, p.is_mirrored) for p in found} == expected


def test_pairs_across_blocks_are_found() -> None:
    hashes = np.arange(3000, dtype=np.int64) << 20
    hashes[2999] = hashes[3] ^ 1
    far = np.full(3000, -1, dtype=np.int64)
    assert Pair(3, 2999, distance=1) in near_pairs(hashes, far, 1)


def test_a_distance_of_more_bits_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 64"):
        near_pairs(np.array([1]), np.array([1]), 65)


def test_equal_pixels_pair_with_the_first_of_them() -> None:
    pairs = exact_pairs(pd.Series(["a", "b", "a", "a"]))
    assert [(pair.first, pair.second, pair.is_exact) for pair in pairs] == [
        (0, 2, True),
        (0, 3, True),
    ]


def test_likeness_ignores_light_and_contrast_and_is_negative_for_a_negative() -> None:
    face = np.arange(25, dtype=np.uint8).reshape(5, 5)
    assert likeness(face, face // 1 + 100) == pytest.approx(1)
    assert likeness(face, 255 - face) == pytest.approx(-1)


def test_a_flat_crop_is_like_nothing() -> None:
    flat = np.full((5, 5), 7, dtype=np.uint8)
    assert likeness(flat, flat) == 0


def test_likeness_forgives_a_shift_of_a_few_pixels() -> None:
    rough = np.random.default_rng(0).integers(0, 256, (19, 19), dtype=np.uint8)
    face = np.kron(rough, np.ones((5, 5), dtype=np.uint8))
    assert likeness(face[3:78, 3:78], face[6:81, 5:80]) == pytest.approx(1)


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9))), st.permutations(range(10)))
def test_groups_never_share_a_face_and_each_member_matched_its_keeper(
    places: set[tuple[int, int]], order: list[int]
) -> None:
    matched = {(min(p), max(p)) for p in places if p[0] != p[1]}
    members = group_by_keeper([Pair(i, j, distance=1) for i, j in sorted(matched)], list(order))
    assert len({member.place for member in members}) == len(members)
    for member in members:
        if member.match is None:
            assert member.keeper == member.place
        else:
            assert {member.match.first, member.match.second} == {member.keeper, member.place}


def test_an_exact_match_is_named_before_a_near_one() -> None:
    pairs = [Pair(0, 1, distance=0, is_exact=True), Pair(0, 1, distance=0)]
    assert [m.match and m.match.is_exact for m in group_by_keeper(pairs, [0, 1])] == [None, True]
