import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.snapshots.leak_candidates import Candidate
from curator.core.snapshots.leaks import (
    MAX_EXAMPLES,
    LeakingPair,
    LeakKind,
    LeakReport,
    leak_report,
)
from tests.core.snapshots.leaking import make_faces, make_patch, report

TRAIN, TEST = {"split": "train"}, {"split": "test"}


def leaking(found: LeakReport) -> dict[LeakKind, int]:
    """Leave out the kinds that do not leak."""
    return {kind: count for kind, count in found.counts.items() if count}


def only_pair(found: LeakReport, kind: LeakKind) -> LeakingPair:
    (pair,) = found.examples[kind]
    return pair


def test_faces_that_have_nothing_in_common_are_clean() -> None:
    found = report(make_faces(TRAIN, TRAIN, TEST, {"split": "validation"}))
    assert found.is_clean
    assert found.pairs == 5
    assert found.candidates == 0


def test_what_stays_within_a_split_is_clean() -> None:
    told = {"phash": 3, "crop_sha256": "c", "subject": "KA", "found_subject": "p1"}
    found = report(make_faces(TRAIN | told, TRAIN | told, TEST))
    assert found.is_clean


def test_no_faces_are_clean() -> None:
    assert report(make_faces()) == LeakReport(
        counts=dict.fromkeys(LeakKind, 0),
        examples=dict.fromkeys(LeakKind, ()),
        pairs=0,
        candidates=0,
        without_image_hash=0,
    )


def test_equal_crops_leak_once_though_their_hashes_are_equal_too() -> None:
    told = {"crop_sha256": "c", "phash": 3}
    found = report(make_faces(TRAIN | told, TEST | told))
    assert leaking(found) == {LeakKind.PIXELS: 1}
    assert only_pair(found, LeakKind.PIXELS) == LeakingPair(1, "train", 2, "test", "same pixels")
    assert found.candidates == 0


def test_one_box_in_equal_images_leaks_and_another_box_does_not() -> None:
    told = {"pixels_sha256": "i"}
    same = report(make_faces(TRAIN | told, TEST | told | {"x_min": 0.001}))
    assert leaking(same) == {LeakKind.PIXELS: 1}
    assert report(make_faces(TRAIN | told, TEST | told | {"x_min": 30})).is_clean


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"phash": 0}, {"phash": 0b111}, "crops 3 bits apart"),
        ({"image_phash": -1}, {"image_phash": -4}, "images 2 bits apart"),
    ],
)
def test_one_picture_leaks_by_the_hash_of_its_crop_or_of_its_image(
    one: dict[str, int], other: dict[str, int], why: str
) -> None:
    faces = make_faces(TRAIN | one, TEST | other)
    found = report(faces, {1: make_patch(7), 2: make_patch(7) // 2})
    assert leaking(found) == {LeakKind.LOOK: 1}
    assert only_pair(found, LeakKind.LOOK).why == why


@pytest.mark.parametrize("name", ["phash", "image_phash"])
@pytest.mark.parametrize("mirrored_face", [0, 1])
def test_a_mirrored_copy_leaks_whichever_of_the_two_is_in_the_mirror(
    name: str, mirrored_face: int
) -> None:
    told = [TRAIN | {name: 0}, TEST | {name: 0}]
    told[mirrored_face] = {"split": told[mirrored_face]["split"], f"{name}_mirrored": 1}
    patches = {1: make_patch(7), 2: np.ascontiguousarray(make_patch(7)[:, ::-1])}
    found = report(make_faces(*told), patches)
    assert leaking(found) == {LeakKind.LOOK: 1}
    assert only_pair(found, LeakKind.LOOK).why.endswith("1 bits apart, mirrored")


def test_pictures_that_hash_alike_and_look_unlike_are_clean_and_counted() -> None:
    found = report(make_faces(TRAIN | {"phash": 0}, TEST | {"phash": 1}))
    assert found.is_clean
    assert found.candidates == 1


def test_a_pair_that_is_alike_both_ways_counts_once_by_its_nearer_hashes() -> None:
    alike = [Candidate(1, 2, 4, "crops", False), Candidate(1, 2, 3, "crops", True)]
    found = leak_report(make_faces(TRAIN, TEST), alike, 2)
    assert leaking(found) == {LeakKind.LOOK: 1}
    assert only_pair(found, LeakKind.LOOK).why == "crops 3 bits apart, mirrored"


@pytest.mark.parametrize("told", [{"crop_sha256": "c"}, {"phash": 3}])
def test_a_pair_that_a_person_found_apart_does_not_leak_and_others_of_its_group_do(
    told: dict[str, Any],
) -> None:
    faces = make_faces(TRAIN | told, TEST | told, TEST | told)
    same = {face_id: make_patch(7) for face_id in (1, 2, 3)}
    (kind,) = leaking(report(faces, same))
    found = report(faces, same, apart={(1, 2), (2, 3), (1, 99)})
    assert leaking(found) == {kind: 1}
    assert (only_pair(found, kind).first_id, only_pair(found, kind).second_id) == (1, 3)
    assert report(faces, same, apart={(1, 2), (1, 3)}).is_clean


@pytest.mark.parametrize("spelling", ["KA", "ka", " K A", "k-a.", "\uff2b\uff21"])
def test_one_subject_leaks_however_it_is_spelt(spelling: str) -> None:
    found = report(make_faces(TRAIN | {"subject": "KA"}, TEST | {"subject": spelling}))
    assert leaking(found) == {LeakKind.SUBJECT: 1}
    expected = "subject KA" if spelling == "KA" else f"subject KA and {spelling}"
    assert only_pair(found, LeakKind.SUBJECT).why == expected


def test_subjects_of_two_numbers_that_are_divided_otherwise_are_two() -> None:
    found = report(make_faces(TRAIN | {"subject": "s1-11"}, TEST | {"subject": "s11-1"}))
    assert found.is_clean


@pytest.mark.parametrize("nobody", [None, "", " ", "?", "--"])
def test_subjects_that_name_nobody_do_not_leak(nobody: str | None) -> None:
    found = report(make_faces(TRAIN | {"subject": nobody}, TEST | {"subject": nobody}))
    assert found.is_clean


@pytest.mark.parametrize(
    ("column", "kind", "why"),
    [
        ("found_subject", LeakKind.FOUND_SUBJECT, "found subject p00001"),
        ("sequence", LeakKind.SEQUENCE, "video p00001"),
    ],
)
def test_found_subjects_and_videos_leak(column: str, kind: LeakKind, why: str) -> None:
    found = report(make_faces(TRAIN | {column: "p00001"}, TEST | {column: "p00001"}, TEST))
    assert leaking(found) == {kind: 1}
    assert only_pair(found, kind).why == why


def test_a_large_subject_is_counted_whole_and_named_by_one_pair() -> None:
    told = [{"split": split, "subject": "KA"} for split in ["a"] * 30 + ["b"] * 20 + ["c"] * 10]
    found = report(make_faces(*told))
    assert found.counts[LeakKind.SUBJECT] == 30 * 20 + 30 * 10 + 20 * 10
    assert only_pair(found, LeakKind.SUBJECT) == LeakingPair(1, "a", 31, "b", "subject KA")


def test_so_many_pairs_are_named_and_all_are_counted() -> None:
    told = [{"split": split, "subject": f"person {n}"} for n in range(50) for split in ("a", "b")]
    found = report(make_faces(*told))
    assert found.counts[LeakKind.SUBJECT] == 50
    assert len(found.examples[LeakKind.SUBJECT]) == MAX_EXAMPLES


def test_faces_of_images_that_were_never_hashed_are_counted() -> None:
    unhashed = {"image_phash": None, "image_phash_mirrored": None}
    found = report(make_faces(TRAIN | unhashed, TEST | unhashed, TEST), distance=64)
    assert found.without_image_hash == 2


told_faces = st.fixed_dictionaries(
    {"split": st.sampled_from(["train", "validation", "test"])},
    optional={
        "crop_sha256": st.sampled_from("ab"),
        "pixels_sha256": st.sampled_from("ab"),
        "x_min": st.sampled_from([0.0, 30.0]),
        "phash": st.sampled_from([0, 1, 3, 255]),
        "image_phash": st.sampled_from([0, -1]),
        "subject": st.sampled_from(["KA", "k a", "other", "?", ""]),
        "found_subject": st.sampled_from(["p1", "p2"]),
        "sequence": st.sampled_from(["v1", "v2"]),
    },
)
PICTURES = [make_patch(1), make_patch(2), np.ascontiguousarray(make_patch(1)[:, ::-1])]
ids = st.integers(1, 8)


@pytest.mark.slow
@given(
    st.lists(told_faces, max_size=8),
    st.lists(st.sampled_from([0, 1, 2]), min_size=8, max_size=8),
    st.sets(st.tuples(ids, ids).filter(lambda pair: pair[0] < pair[1])),
)
def test_the_counts_are_those_of_a_loop_over_all_pairs(
    told: list[dict[str, Any]], drawn: list[int], apart: set[tuple[int, int]]
) -> None:
    faces = make_faces(*told)
    patches = {face_id: PICTURES[place] for face_id, place in enumerate(drawn, start=1)}
    found = report(faces, patches, distance=2, apart=apart)
    whole = faces.fillna({"subject": "", "found_subject": "", "sequence": ""})
    rows = [{str(name): value for name, value in row.items()} for row in whole.to_dict("records")]
    expected = dict.fromkeys(LeakKind, 0)
    pairs = 0
    for one, other in combinations(rows, 2):
        if one["split"] != other["split"]:
            pairs += 1
            alike = drawn[one["face_id"] - 1] == drawn[other["face_id"] - 1]
            for kind in kinds_by_hand(one, other, apart, alike=alike):
                expected[kind] += 1
    assert found.counts == expected
    assert found.pairs == pairs
    named = {
        kind: {(pair.first_id, pair.second_id) for pair in found.examples[kind]}
        for kind in LeakKind
    }
    for kind, examples in named.items():
        assert bool(examples) == bool(expected[kind])
        for first, second in examples:
            one, other = rows[first - 1], rows[second - 1]
            alike = drawn[first - 1] == drawn[second - 1]
            assert kind in kinds_by_hand(one, other, apart, alike=alike)


def kinds_by_hand(
    one: dict[str, Any], other: dict[str, Any], apart: set[tuple[int, int]], *, alike: bool
) -> set[LeakKind]:
    def both(name: str) -> bool:
        return bool(one[name]) and one[name] == other[name]

    def near(name: str) -> bool:
        return (int(one[name] ^ other[name]) & (2**64 - 1)).bit_count() <= 2

    kinds = {LeakKind.FOUND_SUBJECT} if both("found_subject") else set()
    kinds |= {LeakKind.SEQUENCE} if both("sequence") else set()
    plain = [re.sub(r"[\s?]", "", face["subject"]).lower() for face in (one, other)]
    kinds |= {LeakKind.SUBJECT} if plain[0] and plain[0] == plain[1] else set()
    if (one["face_id"], other["face_id"]) not in apart:
        same_place = both("pixels_sha256") and one["x_min"] == other["x_min"]
        if both("crop_sha256") or same_place:
            kinds.add(LeakKind.PIXELS)
        elif alike and (near("phash") or near("image_phash")):
            kinds.add(LeakKind.LOOK)
    return kinds
