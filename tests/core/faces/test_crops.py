import cv2
import numpy as np
import pytest

from curator.core.faces.crops import aligned_crop, crop_and_view, frame, view_size_px
from curator.core.faces.face import FoundFace, stored_face
from tests.core.makers import draw_face, make_found_face

EYE_COLOURS = {"left": (255, 0, 0), "right": (0, 0, 255)}


def dots(left: tuple[int, int], right: tuple[int, int]) -> np.ndarray:
    image = np.full((400, 400, 3), 128, np.uint8)
    cv2.circle(image, left, 6, EYE_COLOURS["left"], -1)
    cv2.circle(image, right, 6, EYE_COLOURS["right"], -1)
    return image


def middle_of(crop: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    distance = np.abs(crop.astype(int) - colour).sum(axis=2)
    rows, columns = np.nonzero(distance < 200)
    return np.array([columns.mean(), rows.mean()])


def test_a_frontal_face_is_framed_3_2_eye_distances_wide_with_the_eyes_at_40_percent() -> None:
    square = frame(make_found_face((50, 20, 150, 140), eyes=((75, 60), (125, 60))))
    assert square.side_px == pytest.approx(3.2 * 50)
    assert square.centre_xy == pytest.approx((100, 60 + 0.1 * 160))
    assert square.roll_radians == 0


def test_eyes_close_together_in_a_turned_head_do_not_make_the_frame_smaller() -> None:
    face = make_found_face((50, 20, 150, 140), eyes=((75, 60), (125, 60)))
    assert face.landmarks is not None
    face.landmarks[:, 0] = 100 + (face.landmarks[:, 0] - 100) * 0.2
    assert frame(face).side_px == pytest.approx(3.2 * 50)


@pytest.mark.parametrize(
    ("left", "right"),
    [((160, 180), (240, 180)), ((160, 160), (230, 220)), ((230, 160), (210, 240))],
    ids=["upright", "tilted", "almost on the side"],
)
def test_the_eyes_come_to_lie_level_and_on_the_same_place(
    left: tuple[int, int], right: tuple[int, int]
) -> None:
    x, y = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    face = make_found_face((x - 90, y - 90, x + 90, y + 90), eyes=(left, right))
    crop = aligned_crop(dots(left, right), face, 160)
    np.testing.assert_allclose(middle_of(crop, EYE_COLOURS["left"]), [55, 64], atol=2)
    np.testing.assert_allclose(middle_of(crop, EYE_COLOURS["right"]), [105, 64], atol=2)


def test_without_landmarks_the_box_is_cut_with_a_margin_of_15_percent() -> None:
    square = frame(make_found_face((100, 100, 200, 180), eyes=None))
    assert (square.side_px, square.centre_xy) == (130, (150, 140))


def test_a_crop_over_the_edge_repeats_the_pixel_there() -> None:
    image = np.full((50, 50, 3), 90, np.uint8)
    crop = aligned_crop(image, make_found_face((0, 0, 50, 50), eyes=None))
    assert crop.shape == (75, 75, 3)
    assert (crop.min(), crop.max()) == (90, 90)


def test_a_large_face_is_averaged_down_and_not_sampled() -> None:
    checks = np.indices((600, 600)).sum(axis=0) % 2 * 255
    image = np.repeat(checks[..., None], 3, axis=2).astype(np.uint8)
    crop = aligned_crop(image, make_found_face((0, 0, 600, 600), eyes=None))
    assert np.abs(crop[20:-20, 20:-20].astype(int) - 127).max() < 40


@pytest.mark.parametrize("side_px", [40, 220, 900])
@pytest.mark.parametrize("is_whole", [False, True])
def test_crop_and_view_are_those_that_are_cut_one_by_one(side_px: int, is_whole: bool) -> None:
    image = draw_face(side_px)
    box = (0.0, 0.0, float(side_px), float(side_px))
    face = stored_face(box, None, is_whole=is_whole)
    crop, view = crop_and_view(image, face)
    np.testing.assert_array_equal(crop, aligned_crop(image, face))
    np.testing.assert_array_equal(view, aligned_crop(image, face, view_size_px(face)))


@pytest.mark.parametrize(("box_px", "view_px"), [(20, 160), (100, 195), (2000, 320)])
def test_a_view_is_at_most_half_as_large_again_as_its_source_within_160_to_320_px(
    box_px: int, view_px: int
) -> None:
    assert view_size_px(make_found_face((0, 0, box_px, box_px), eyes=None)) == view_px


def whole(width: int, height: int) -> FoundFace:
    return FoundFace((0, 0, width, height), None, 1.0, is_whole=True)


@pytest.mark.parametrize(("side_px", "how"), [(48, cv2.INTER_LINEAR), (350, cv2.INTER_AREA)])
def test_an_image_that_is_a_crop_already_is_only_resized(side_px: int, how: int) -> None:
    image = draw_face(side_px)
    crop = aligned_crop(image, whole(side_px, side_px))
    np.testing.assert_array_equal(crop, cv2.resize(image, (75, 75), interpolation=how))


def test_the_eyes_of_a_crop_turn_nothing() -> None:
    eyes = [[10, 10], [30, 30], [20, 30], [10, 40], [30, 44]]
    face = stored_face([0, 0, 48, 48], eyes, is_whole=True)
    image = draw_face(48)
    np.testing.assert_array_equal(aligned_crop(image, face), aligned_crop(image, whole(48, 48)))
    assert (frame(face).side_px, frame(face).centre_xy, frame(face).roll_radians) == (
        48,
        (24, 24),
        0,
    )


def test_a_crop_that_is_no_square_is_kept_whole_and_its_edges_are_repeated() -> None:
    image = np.full((20, 10, 3), 90, np.uint8)
    image[:, 0], image[:, -1] = 10, 200
    crop = aligned_crop(image, whole(10, 20), 20)
    assert crop[0, :, 0].tolist() == [10] * 6 + [90] * 8 + [200] * 6
    assert frame(whole(10, 20)).side_px == 20


def test_a_face_can_be_cut_again_at_any_size_from_what_is_stored() -> None:
    image = draw_face(220)
    found = make_found_face((50, 40, 170, 190), eyes=((85, 106), (135, 100)))
    assert found.landmarks is not None
    stored = stored_face(list(found.box_xyxy), found.landmarks.tolist(), found.confidence)
    for size_px in (48, 75, 224):
        np.testing.assert_array_equal(
            aligned_crop(image, stored, size_px), aligned_crop(image, found, size_px)
        )


def test_a_grey_image_is_cut_to_the_same_pixels_as_the_three_channels_of_it() -> None:
    grey = draw_face(180)[..., 0]
    face = make_found_face((30, 30, 150, 170), eyes=((70, 82), (111, 90)))
    for cut, in_colour in zip(
        crop_and_view(grey, face), crop_and_view(np.dstack([grey] * 3), face), strict=True
    ):
        np.testing.assert_array_equal(np.dstack([cut] * 3), in_colour)
