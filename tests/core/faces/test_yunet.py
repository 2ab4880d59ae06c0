import os
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from curator.core.faces.box_matching import overlap
from curator.core.faces.face import UnusableDetectorError, box_area
from curator.core.faces.yunet import (
    COARSE_PX,
    FINEST_PX,
    LARGEST_STEP,
    YuNetDetector,
    detected_faces,
    finer_copies_px,
    scaled,
    second_copy_px,
    trust,
)
from curator.core.faces.yunet_backends import (
    OpenCvBackend,
    RawFaces,
    raw_faces_of_opencv,
    raw_faces_of_yuface,
)
from curator.steps.faces.choose_detector import why_missing
from tests.core.makers import draw_face, scene

needs_yuface = pytest.mark.skipif(
    why_missing("yunet") is not None, reason="yuface is not there for this Python"
)
needs_model = pytest.mark.skipif(
    "CURATOR_YUNET_MODEL" not in os.environ, reason="CURATOR_YUNET_MODEL names no model file"
)


@pytest.fixture
def model() -> str:
    return os.environ["CURATOR_YUNET_MODEL"]


def another_net() -> bytes:
    """Write the smallest ONNX file: y = relu(x), in the wire form of Protocol Buffers."""

    def part(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    def named(name: bytes) -> bytes:
        sides = b"".join(part(1, b"\x08" + bytes([px])) for px in (1, 3, 64, 64))
        return part(1, name) + part(2, part(1, b"\x08\x01" + part(2, sides)))

    node = part(1, b"x") + part(2, b"y") + part(4, b"Relu")
    graph = part(1, node) + part(2, b"g") + part(11, named(b"x")) + part(12, named(b"y"))
    return b"\x08\x07" + part(7, graph) + part(8, b"\x10\x0b")


def raw_faces(*boxes_xywh: tuple[float, float, float, float], confidence: float = 0.9) -> RawFaces:
    number = len(boxes_xywh)
    return RawFaces(
        np.array(boxes_xywh, float).reshape(-1, 4),
        np.full((number, 5, 2), 7.0),
        np.full(number, confidence),
    )


class Lookout:
    """Answers each look in turn, and keeps what it was shown."""

    def __init__(self, *answers: RawFaces) -> None:
        self.answers, self.sizes_wh = list(answers), list[tuple[int, int]]()

    def __call__(self, bgr: NDArray[np.uint8], min_confidence: float) -> RawFaces:
        assert min_confidence == 0.5
        self.sizes_wh.append((bgr.shape[1], bgr.shape[0]))
        return self.answers.pop(0)


@needs_yuface
@pytest.mark.parametrize(
    ("size_wh", "first_answer", "looks_wh"),
    [
        ((350, 175), raw_faces((50, 20, 60, 60)), [(160, 80)]),
        ((300, 150), raw_faces(), [(160, 80), (300, 150)]),
        ((350, 175), raw_faces((50, 20, 60, 60), confidence=0.6), [(160, 80), (320, 160)]),
        ((380, 190), raw_faces(), [(160, 80), (320, 160)]),
        ((48, 48), raw_faces(), [(160, 160)]),
        ((640, 480), raw_faces((50, 20, 60, 60)), [(160, 120), (427, 320)]),
        ((4000, 3000), raw_faces(), [(160, 120), (572, 429), (2048, 1536)]),
    ],
    ids=["sure", "none found", "unsure", "none found, larger", "small", "medium", "large"],
)
def test_a_copy_is_looked_at_and_larger_ones_where_it_cannot_be_trusted(
    size_wh: tuple[int, int],
    first_answer: RawFaces,
    looks_wh: list[tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    detector = YuNetDetector()
    lookout = Lookout(first_answer, *(raw_faces() for _ in looks_wh[1:]))
    monkeypatch.setattr(detector, "_find", lookout)
    faces = detector.faces(np.zeros((size_wh[1], size_wh[0], 3), np.uint8))
    assert lookout.sizes_wh == looks_wh
    assert len(faces) == len(first_answer.boxes_xywh)


@pytest.mark.parametrize("longest_px", [461, 700, 1000, 1153, 3000, 20_000])
def test_looks_grow_by_at_most_four_times_up_to_the_finest(longest_px: int) -> None:
    looks = [COARSE_PX, *finer_copies_px(longest_px)]
    assert all(a < b <= LARGEST_STEP * a + 1 for a, b in pairwise(looks))
    assert looks[-1] == min(FINEST_PX, round(longest_px * 2 / 3))


def test_an_image_with_no_more_pixels_than_the_copy_gets_no_second_look() -> None:
    assert (second_copy_px(COARSE_PX), second_copy_px(48)) == ([], [])


@pytest.mark.parametrize(
    ("shape", "longest_px", "scaled_shape"),
    [((400, 300), 192, (192, 144)), ((48, 48), 192, (192, 192)), ((2, 400), 100, (1, 100))],
)
def test_scaling_keeps_proportions_and_at_least_one_pixel(
    shape: tuple[int, int], longest_px: int, scaled_shape: tuple[int, int]
) -> None:
    image = np.full((*shape, 3), 90, np.uint8)
    small = scaled(image, longest_px)
    assert small.shape == (*scaled_shape, 3)
    assert (small.min(), small.max()) == (90, 90)


def test_what_is_found_in_a_copy_comes_back_in_pixels_of_the_image_cut_at_its_edges() -> None:
    (seen,) = detected_faces(raw_faces((-10, 20, 60, 100)), (100, 200), (200, 300))
    assert seen.face.box_xyxy == (0, 30, 100, 180)
    assert seen.face.landmarks is not None
    assert seen.face.landmarks.tolist() == [[14, 10.5]] * 5
    assert seen.trust == 0.9


def test_a_box_outside_the_image_is_no_sighting() -> None:
    assert detected_faces(raw_faces((-10, 0, 5, 5)), (100, 100), (100, 100)) == []


@pytest.mark.parametrize(("size_px", "trusted"), [(32, 0.9), (200, 0.9), (400, 0.8), (8, 0.7)])
def test_a_face_of_a_size_that_yunet_is_not_best_at_is_trusted_less(
    size_px: float, trusted: float
) -> None:
    assert trust(0.9, size_px) == pytest.approx(trusted)


@needs_yuface
def test_faces_of_all_sizes_in_a_large_photo_are_found_once() -> None:
    image = np.full((1500, 2000, 3), 150, np.uint8)
    image[:1200, :1200] = draw_face(1200)
    for left, size_px in ((1250, 400), (1700, 120)):
        image[:size_px, left : left + size_px] = draw_face(size_px)
    faces = YuNetDetector().faces(image)
    assert len(faces) == 3
    assert box_area(faces[0]) > 4 * box_area(faces[1]) > 16 * box_area(faces[2])


@needs_yuface
def test_a_small_face_that_the_coarse_look_misses_is_found() -> None:
    image = scene(draw_face(100), np.full((10, 1500, 3), 150, np.uint8), height_px=1200)
    (face,) = YuNetDetector().faces(image)
    assert face.box_xyxy[2] <= 100


def test_a_row_of_yuface_is_a_face_in_percent_with_half_a_pixel_cut_off() -> None:
    rows = np.array(
        [
            [94, 36, -11, 258, 329, *range(10, 20), 0],
            [49, 0, 0, 9, 9, *range(10), 0],
        ],
        np.int16,
    )
    found = raw_faces_of_yuface(rows, 0.5)
    assert found.boxes_xywh.tolist() == [[36, -11, 258, 329]]
    assert found.landmarks.tolist() == [
        [[10.5, 11.5], [12.5, 13.5], [14.5, 15.5], [16.5, 17.5], [18.5, 19.5]]
    ]
    assert found.confidences.tolist() == [0.94]


def test_a_row_of_opencv_is_a_face_with_its_confidence_last() -> None:
    found = raw_faces_of_opencv(np.array([[1.5, 2, 30, 40, *range(10), 1.02]], np.float32))
    assert found.boxes_xywh.tolist() == [[1.5, 2, 30, 40]]
    assert found.landmarks.tolist() == [[[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]]
    assert found.confidences.tolist() == [1]


def test_opencv_says_none_where_there_is_no_face() -> None:
    found = raw_faces_of_opencv(None)
    assert found.boxes_xywh.shape == (0, 4)
    assert found.landmarks.shape == (0, 5, 2)
    assert found.confidences.shape == (0,)


def test_a_file_that_opencv_cannot_open_is_refused_with_its_reason() -> None:
    with pytest.raises(
        UnusableDetectorError,
        match=r"nowhere/yunet.onnx is not a YuNet that OpenCV can use \(.*read ONNX",
    ):
        OpenCvBackend("nowhere/yunet.onnx")


def test_a_net_that_is_no_yunet_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "relu.onnx"
    file.write_bytes(another_net())
    with pytest.raises(
        UnusableDetectorError, match=r"relu.onnx is not a YuNet .* download it again"
    ):
        OpenCvBackend(str(file))


@needs_model
def test_a_model_file_finds_the_faces_that_yuface_finds(model: str) -> None:
    image = scene(draw_face(110), draw_face(220))
    faces = YuNetDetector(model).faces(image)
    assert len(faces) == 2
    for face, other in zip(faces, YuNetDetector().faces(image), strict=True):
        assert overlap(face.box_xyxy, other.box_xyxy) > 0.9
        assert face.landmarks is not None
        assert other.landmarks is not None
        assert np.abs(face.landmarks - other.landmarks).max() < 3


@needs_model
def test_threads_can_share_a_model(model: str) -> None:
    detector = YuNetDetector(model)
    images = [draw_face(size_px) for size_px in (150, 220, 300, 400)] * 5
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(detector.faces, images))
    assert [len(faces) for faces in found] == [1] * 20
    for image, (face,) in zip(images, found, strict=True):
        assert face.box_xyxy[2] - face.box_xyxy[0] > 0.4 * image.shape[1]
