from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.snapshots.leak_candidates import (
    STRIPE_ROWS,
    Candidate,
    near_candidates,
    shows_same_picture,
)
from tests.core.snapshots.leaking import candidates, make_faces, make_patch

# Few bits set, so that pairs at every distance come up; the sign bit among them.
few_bits = st.sets(st.sampled_from([0, 1, 2, 7, 31, 32, 62])).map(
    lambda places: sum(1 << place for place in places)
)
hashes = st.one_of(few_bits, few_bits.map(lambda bits: bits - 2**63))
image_hashes = st.tuples(hashes, hashes) | st.just((None, None))
faces_told = st.builds(
    lambda told, pair: told | {"image_phash": pair[0], "image_phash_mirrored": pair[1]},
    st.fixed_dictionaries(
        {
            "split": st.sampled_from(["train", "validation", "test"]),
            "phash": hashes,
            "phash_mirrored": hashes,
            "crop_sha256": st.sampled_from("abcd"),
            "pixels_sha256": st.sampled_from("abcd"),
            "x_min": st.sampled_from([0.0, 0.2, 30.0]),
        }
    ),
    image_hashes,
)


def bits_apart(one: int, other: int) -> int:
    return (int(one ^ other) & (2**64 - 1)).bit_count()


def nearest_by_hand(
    one: dict[str, Any], other: dict[str, Any], *, is_mirrored: bool
) -> tuple[int, str] | None:
    found = []
    for picture, name in (("crops", "phash"), ("images", "image_phash")):
        mirror = f"{name}_mirrored"
        pairs = [(name, mirror), (mirror, name)] if is_mirrored else [(name, name)]
        found += [
            (bits_apart(one[left], other[right]), picture)
            for left, right in pairs
            if one[left] is not None and other[right] is not None
        ]
    return min(found, default=None)


def same_pixels_by_hand(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["crop_sha256"] == other["crop_sha256"]:
        return True
    same_box = round(one["x_min"]) == round(other["x_min"])
    return same_box and bool(one["pixels_sha256"] == other["pixels_sha256"])


@given(
    st.lists(faces_told, max_size=9),
    st.integers(0, 64),
    st.sets(st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda ids: ids[0] < ids[1])),
)
def test_candidates_are_those_that_a_loop_over_all_pairs_finds(
    told: list[dict[str, Any]], distance: int, apart: set[tuple[int, int]]
) -> None:
    expected = []
    for second, other in enumerate(told, start=1):
        for first, one in enumerate(told[: second - 1], start=1):
            if one["split"] == other["split"] or (first, second) in apart:
                continue
            for is_mirrored in (False, True):
                near = nearest_by_hand(one, other, is_mirrored=is_mirrored)
                if near and near[0] <= distance and not same_pixels_by_hand(one, other):
                    expected.append(Candidate(first, second, *near, is_mirrored))
    assert sorted(candidates(make_faces(*told), distance, apart)) == sorted(expected)


def test_pairs_far_apart_in_a_long_table_are_found() -> None:
    count = 5 * STRIPE_ROWS
    halves = ["a"] * (count // 2) + ["b"] * (count // 2)
    told: list[dict[str, Any]] = [{"split": split} for split in halves]
    told[3] |= {"phash": -7}
    told[-1] |= {"phash": -7 ^ 1}
    faces = make_faces(*told)
    assert candidates(faces, 1) == [Candidate(4, count, 1, "crops", False)]
    assert sum(stripe.faces for stripe in near_candidates(faces, 1)) == count


def test_the_order_of_the_faces_changes_nothing() -> None:
    told = [{"split": split, "phash": 5} for split in ("train", "test", "train", "validation")]
    faces = make_faces(*told)
    assert candidates(faces.sample(frac=1, random_state=1)) == candidates(faces)
    assert len(candidates(faces)) == 5


@pytest.mark.parametrize("distance", [-1, 65])
def test_a_distance_of_bits_that_there_are_not_is_refused(distance: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 64 bits"):
        candidates(make_faces(), distance)


def test_a_mirrored_candidate_is_looked_at_in_a_mirror() -> None:
    patches = {1: make_patch(1), 2: np.ascontiguousarray(make_patch(1)[:, ::-1])}
    mirrored = Candidate(1, 2, 0, "crops", is_mirrored=True)
    assert shows_same_picture(mirrored, patches.__getitem__)
    assert not shows_same_picture(mirrored._replace(is_mirrored=False), patches.__getitem__)
