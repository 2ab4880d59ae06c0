import cv2
import numpy as np
import pytest

from curator.core.faces.quality import (
    face_quality,
    pitch_degrees,
    roll_degrees,
    sharpness,
    yaw_degrees,
)
from tests.core.makers import draw_face, make_found_face


def test_a_grey_square_has_its_brightness_and_neither_contrast_nor_sharpness() -> None:
    quality = face_quality(np.full((160, 160, 3), 90, np.uint8), make_found_face())
    assert quality == {
        "size_px": 50.0,
        "sharpness": 0.0,
        "brightness": 90.0,
        "contrast": 0.0,
        "yaw_degrees": 0.0,
        "pitch_degrees": 1.7,
        "roll_degrees": 0.0,
    }


def test_without_landmarks_there_is_no_pose() -> None:
    quality = face_quality(draw_face(), make_found_face(eyes=None))
    pose = quality["yaw_degrees"], quality["pitch_degrees"], quality["roll_degrees"]
    assert pose == (None, None, None)


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


def test_pitch_is_positive_for_a_raised_head_whatever_the_roll_and_the_size() -> None:
    upright = np.array([[25, 30], [45, 30], [35, 41], [28, 50], [42, 50]], float)
    for turn in (np.eye(2), np.array([[0.6, 0.8], [-0.8, 0.6]]), 3 * np.eye(2)):
        landmarks = upright @ turn
        assert pitch_degrees(landmarks) == pytest.approx(1.18, abs=0.01)
        landmarks[2] -= 0.1 * (landmarks[3:].mean(axis=0) - landmarks[:2].mean(axis=0))
        assert pitch_degrees(landmarks) == pytest.approx(12.77, abs=0.01)


def test_a_solid_head_that_is_turned_and_raised_shows_how_far() -> None:
    # In eye distances, seen from far away: x to the right, y down, z towards the viewer.
    head = np.array(
        [[-0.5, 0, 0], [0.5, 0, 0], [0, 0.56 * 1.03, 0.5], [-0.4, 1.03, 0], [0.4, 1.03, 0]]
    )
    for yaw, pitch in ((0, 0), (30, 0), (0, 15), (0, -25), (-40, 0)):
        (cos_y, cos_p), (sin_y, sin_p) = (
            np.cos(np.radians([yaw, pitch])),
            np.sin(np.radians([yaw, pitch])),
        )
        raised = head @ np.array([[1, 0, 0], [0, cos_p, sin_p], [0, -sin_p, cos_p]])
        turned = raised @ np.array([[cos_y, 0, -sin_y], [0, 1, 0], [sin_y, 0, cos_y]])
        assert yaw_degrees(turned[:, :2]) == pytest.approx(yaw, abs=0.1)
        assert pitch_degrees(turned[:, :2]) == pytest.approx(pitch, abs=0.1)


def test_marks_on_one_point_tell_no_pose() -> None:
    assert yaw_degrees(np.zeros((5, 2))) == 0
    assert pitch_degrees(np.zeros((5, 2))) == 0
