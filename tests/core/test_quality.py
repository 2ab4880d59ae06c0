import cv2
import numpy as np
import pytest

from curator.core.quality import face_quality, roll_degrees, sharpness, yaw_degrees
from tests.core.makers import draw_face, make_found_face


def test_a_grey_square_has_its_brightness_and_neither_contrast_nor_sharpness() -> None:
    quality = face_quality(np.full((160, 160, 3), 90, np.uint8), make_found_face())
    assert quality == {
        "size_px": 50.0,
        "sharpness": 0.0,
        "brightness": 90.0,
        "contrast": 0.0,
        "yaw_degrees": 0.0,
        "roll_degrees": 0.0,
    }


def test_without_landmarks_there_is_no_pose() -> None:
    quality = face_quality(draw_face(), make_found_face(eyes=None))
    assert (quality["yaw_degrees"], quality["roll_degrees"]) == (None, None)


def test_a_blurred_face_is_less_sharp() -> None:
    grey = draw_face()[..., 0]
    blurred = np.asarray(cv2.GaussianBlur(grey, (0, 0), 4), np.uint8)
    assert sharpness(blurred) < sharpness(grey) / 4


@pytest.mark.parametrize(
    ("right_eye", "degrees"), [((45, 30), 0), ((45, 50), 45), ((25, 50), 90), ((45, 10), -45)]
)
def test_roll_is_the_tilt_of_the_eyes_clockwise(
    right_eye: tuple[float, float], degrees: float
) -> None:
    face = make_found_face(eyes=((25, 30), right_eye))
    assert face.landmarks is not None
    assert roll_degrees(face.landmarks) == pytest.approx(degrees)


def test_yaw_is_positive_towards_the_viewers_right_whatever_the_roll() -> None:
    for eyes in (((25, 30), (45, 30)), ((25, 30), (39, 44))):
        face = make_found_face(eyes=eyes)
        assert face.landmarks is not None
        assert yaw_degrees(face.landmarks) == pytest.approx(0, abs=1e-9)
        face.landmarks[2] += 0.25 * (face.landmarks[1] - face.landmarks[0])
        assert yaw_degrees(face.landmarks) == pytest.approx(26.57, abs=0.01)


def test_eyes_on_one_point_tell_no_yaw() -> None:
    assert yaw_degrees(np.zeros((5, 2))) == 0
