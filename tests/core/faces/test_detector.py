import sys

import numpy as np
import pytest

from curator.core.faces.detector import (
    DETECTORS,
    FoundFace,
    box_area,
    default_detector_name,
    why_missing,
)
from curator.core.faces.face import stored_face
from tests.core.makers import draw_face, scene

HAS_YUFACE = why_missing("yunet") is None


@pytest.fixture(params=DETECTORS)
def name(request: pytest.FixtureRequest) -> str:
    if reason := why_missing(request.param):
        pytest.skip(reason)
    return str(request.param)


@pytest.mark.parametrize("shape", [(1, 1, 3), (17, 400, 3), (400, 17, 3), (200, 200, 3)])
def test_no_face_is_found_where_there_is_none(name: str, shape: tuple[int, int, int]) -> None:
    assert DETECTORS[name]().faces(np.full(shape, 128, np.uint8)) == []


@pytest.mark.parametrize("size_px", [110, 220, 900])
def test_one_face_is_found_where_it_is(name: str, size_px: int) -> None:
    (face,) = DETECTORS[name]().faces(draw_face(size_px))
    x_min, y_min, x_max, y_max = np.array(face.box_xyxy) / size_px
    assert 0 <= x_min < 0.35
    assert 0.65 < x_max <= 1
    assert 0 <= y_min < 0.42
    assert 0.72 < y_max <= 1
    assert 0 < face.confidence <= 1


def test_the_largest_face_comes_first(name: str) -> None:
    faces = DETECTORS[name]().faces(scene(draw_face(110), draw_face(220)))
    assert len(faces) == 2
    assert box_area(faces[0]) > 2 * box_area(faces[1])


def test_a_box_is_cut_at_the_edges_of_the_image(name: str) -> None:
    image = draw_face(220)[25:, 40:]
    for face in DETECTORS[name]().faces(image):
        x_min, y_min, x_max, y_max = face.box_xyxy
        assert min(x_min, y_min) >= 0
        assert (x_max <= 180, y_max <= 195) == (True, True)


@pytest.mark.skipif(not HAS_YUFACE, reason="yuface is not there for this Python")
def test_yunet_gives_landmarks_from_the_viewers_left_to_right_and_top_to_bottom() -> None:
    (face,) = DETECTORS["yunet"]().faces(draw_face(880))
    assert face.landmarks is not None
    expected = [[340, 424], [540, 424], [440, 550], [352, 640], [528, 640]]
    assert np.abs(face.landmarks - expected).max() < 60


def test_haar_gives_no_landmarks_and_a_confidence_of_1() -> None:
    (face,) = DETECTORS["haar"]().faces(draw_face())
    assert face.landmarks is None
    assert face.confidence == 1


@pytest.mark.skipif(not HAS_YUFACE, reason="yuface is not there for this Python")
def test_yunet_is_the_default() -> None:
    assert default_detector_name() == "yunet"


def test_without_yuface_haar_is_the_default_and_the_reason_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "yuface", None)
    assert default_detector_name() == "haar"
    reason = why_missing("yunet")
    assert reason is not None
    assert reason.startswith("The detector yunet cannot be used here. The package yuface is not")
    assert reason.endswith("install it with `curator install-detector FILE`.")


def test_a_model_file_that_is_not_there_makes_haar_the_default_and_is_named() -> None:
    reason = why_missing("yunet", "nowhere/yunet.onnx")
    assert reason is not None
    assert "nowhere/yunet.onnx is not a YuNet that OpenCV can use" in reason
    assert default_detector_name("nowhere/yunet.onnx") == "haar"


def test_a_stored_face_is_the_one_that_was_found() -> None:
    landmarks = [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]
    face = stored_face([0, 1, 20, 30], landmarks, 0.5, is_whole=True)
    assert face.box_xyxy == (0, 1, 20, 30)
    assert face.landmarks is not None
    assert face.landmarks.tolist() == landmarks
    assert (face.confidence, face.is_whole) == (0.5, True)
    assert stored_face([0, 1, 20, 30], None).landmarks is None


@pytest.mark.parametrize(
    ("box", "landmarks", "confidence", "message"),
    [
        ((5, 5, 5, 9), None, 1.0, "must have an area"),
        ((0, 0, 9, 9), np.zeros((4, 2)), 1.0, r"must be \(5, 2\) or None"),
        ((0, 0, 9, 9), None, 90.0, r"must be in \[0, 1\]. Received: 90"),
    ],
)
def test_a_face_checks_itself(
    box: tuple[float, float, float, float],
    landmarks: np.ndarray | None,
    confidence: float,
    message: str,
) -> None:
    with pytest.raises(ValueError, match=message):
        FoundFace(box, landmarks, confidence)
