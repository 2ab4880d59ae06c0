from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curator.core.faces.box_matching import DetectedFace, are_one_face, merged_detections
from curator.core.faces.face import Box, FoundFace


def sighting(box: Box, trust: float = 0.9) -> DetectedFace:
    return DetectedFace(FoundFace(box, np.full((5, 2), box[0]), 0.9), trust)


@st.composite
def boxes(draw: Callable[..., int]) -> Box:
    left, top = draw(st.integers(0, 40)), draw(st.integers(0, 40))
    return left, top, left + draw(st.integers(1, 30)), top + draw(st.integers(1, 30))


sightings = st.lists(st.builds(sighting, boxes(), st.sampled_from([0.5, 0.7, 0.9])), max_size=12)


def described(faces: list[FoundFace]) -> list[Box]:
    return [face.box_xyxy for face in faces]


def test_no_sighting_is_no_face() -> None:
    assert merged_detections([]) == []


def test_of_two_looks_at_one_face_the_more_trusted_stays() -> None:
    faces = merged_detections([sighting((0, 0, 100, 100), 0.8), sighting((5, 5, 105, 105), 0.9)])
    assert described(faces) == [(5, 5, 105, 105)]


def test_a_part_of_a_face_is_no_face_of_its_own() -> None:
    faces = merged_detections([sighting((0, 0, 100, 100)), sighting((40, 50, 60, 70), 0.6)])
    assert described(faces) == [(0, 0, 100, 100)]


def test_of_equally_trusted_boxes_the_largest_stays() -> None:
    faces = merged_detections([sighting((40, 50, 60, 70)), sighting((0, 0, 100, 100))])
    assert described(faces) == [(0, 0, 100, 100)]


def test_neighbours_that_overlap_a_little_both_stay_the_largest_first() -> None:
    faces = merged_detections([sighting((0, 0, 50, 50)), sighting((40, 0, 100, 60))])
    assert described(faces) == [(40, 0, 100, 60), (0, 0, 50, 50)]


@pytest.mark.parametrize(
    ("second", "is_one"),
    [
        ((0, 0, 10, 10), True),
        ((0, 4, 10, 14), True),  # 60 of 140
        ((0, 5, 10, 15), False),  # 50 of 150
        ((8, 0, 18, 10), False),
        ((10, 0, 20, 10), False),
    ],
)
def test_boxes_show_one_face_from_an_overlap_of_two_fifths_on(second: Box, is_one: bool) -> None:
    assert are_one_face((0, 0, 10, 10), second) is is_one
    assert are_one_face(second, (0, 0, 10, 10)) is is_one


@given(sightings, st.randoms())
def test_the_order_of_the_sightings_plays_no_part(seen: list[DetectedFace], random: object) -> None:
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert described(merged_detections(shuffled)) == described(merged_detections(seen))


@given(sightings)
def test_no_two_of_the_result_are_one_face(seen: list[DetectedFace]) -> None:
    pairs = combinations(described(merged_detections(seen)), 2)
    assert not any(are_one_face(first, second) for first, second in pairs)


@given(sightings)
def test_what_is_left_out_is_one_face_with_one_that_stays(seen: list[DetectedFace]) -> None:
    kept = merged_detections(seen)
    for left_out in (each.face for each in seen if each.face not in kept):
        assert any(are_one_face(left_out.box_xyxy, box) for box in described(kept))


@given(sightings)
def test_the_result_is_of_the_sightings_the_largest_first(seen: list[DetectedFace]) -> None:
    kept = merged_detections(seen)
    assert {id(face) for face in kept} <= {id(each.face) for each in seen}
    areas = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in described(kept)]
    assert areas == sorted(areas, reverse=True)
