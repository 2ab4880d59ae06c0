import numpy as np
import pytest
from numpy.typing import NDArray

from curator.core.faces.face import Box, FoundFace
from curator.core.faces.stated_faces import fits, stated_faces, whole_image_face
from tests.core.makers import make_found_face

SIZE_WH = (200, 100)


class Finds:
    """A detector that finds what it is made with."""

    def __init__(self, *found: FoundFace) -> None:
        self.found = list(found)

    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        assert image_rgb.shape == (100, 200, 3)
        return self.found


IMAGE = np.zeros((100, 200, 3), np.uint8)


def boxed(*box: float) -> FoundFace:
    x_min, y_min, x_max, y_max = box
    return make_found_face((x_min, y_min, x_max, y_max))


def test_a_stated_face_keeps_its_box_and_takes_over_landmarks_and_confidence() -> None:
    found = boxed(12, 14, 50, 60)
    (face,), dropped = stated_faces([(10, 10, 50, 60)], [found], SIZE_WH)
    assert face.box_xyxy == (10, 10, 50, 60)
    assert face.landmarks is found.landmarks
    assert (face.confidence, face.is_whole, dropped) == (0.9, False, [])


def test_a_stated_face_that_nobody_finds_is_certain_and_has_no_landmarks() -> None:
    (face,), _ = stated_faces([(10, 10, 50, 60)], [], SIZE_WH)
    assert (face.landmarks, face.confidence) == (None, 1)


def test_stated_faces_come_first_in_their_order_then_the_others_that_were_found() -> None:
    found = [boxed(100, 10, 140, 60), boxed(60, 60, 90, 90), boxed(10, 10, 30, 30)]
    faces, _ = stated_faces([(10, 10, 30, 30), (100, 10, 140, 60)], found, SIZE_WH)
    boxes = [face.box_xyxy for face in faces]
    assert boxes == [(10, 10, 30, 30), (100, 10, 140, 60), (60, 60, 90, 90)]
    assert faces[2] is found[1]


def test_no_found_face_fits_two_stated_ones() -> None:
    found = boxed(10, 10, 50, 50)
    faces, _ = stated_faces([(14, 10, 54, 50), (10, 10, 50, 50)], [found], SIZE_WH)
    assert [face.landmarks is found.landmarks for face in faces] == [False, True]


def test_a_second_found_face_on_a_stated_one_is_no_face_of_its_own() -> None:
    found = [boxed(10, 10, 50, 50), boxed(14, 10, 54, 50)]
    faces, _ = stated_faces([(10, 10, 50, 50)], found, SIZE_WH)
    assert len(faces) == 1


def test_boxes_are_cut_at_the_edges_and_those_outside_are_told() -> None:
    boxes: list[Box] = [(-5, -5, 20, 20), (200, 0, 220, 20), (150, 90, 210, 120), (5, 9, 5, 20)]
    faces, dropped = stated_faces(boxes, [], SIZE_WH)
    assert [face.box_xyxy for face in faces] == [(0, 0, 20, 20), (150, 90, 200, 100)]
    assert dropped == [1, 3]


@pytest.mark.parametrize(
    ("found", "does"),
    [
        ((0, 0, 40, 40), True),
        ((10, 10, 32, 32), True),  # 22 wide in the middle of 40
        ((12, 12, 31, 31), False),  # 19 wide: less than half
        ((30, 30, 70, 70), False),  # its middle is outside
    ],
)
def test_a_found_face_fits_by_overlap_or_by_its_middle_and_size(found: Box, does: bool) -> None:
    assert fits((0, 0, 40, 40), boxed(*found)) is does


def test_a_whole_image_is_a_certain_face_with_the_landmarks_of_the_one_in_its_middle() -> None:
    in_middle, aside = boxed(60, 10, 140, 90), boxed(0, 0, 30, 30)
    face = whole_image_face(IMAGE, Finds(in_middle, aside))
    assert face.box_xyxy == (0, 0, 200, 100)
    assert face.landmarks is in_middle.landmarks
    assert (face.confidence, face.is_whole) == (1, True)


@pytest.mark.parametrize(
    "found",
    [
        [],
        [boxed(0, 0, 30, 30)],
        [boxed(90, 40, 110, 60)],
        [boxed(50, 10, 150, 90), boxed(60, 0, 140, 100)],
    ],
    ids=["none", "aside", "too small", "two"],
)
def test_without_just_one_face_in_its_middle_a_whole_image_has_no_landmarks(
    found: list[FoundFace],
) -> None:
    assert whole_image_face(IMAGE, Finds(*found)).landmarks is None
