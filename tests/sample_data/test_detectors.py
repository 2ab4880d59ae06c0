"""Both detectors of the curator find the drawn faces, and nothing where none is."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sample_data.places import draw_place
from sample_data.plan import Plan
from sample_data.portraits import draw_portrait
from sample_data.scenes import draw_scene
from sample_data.truth import Drawn, FaceTruth, Picture

yuface = pytest.importorskip("yuface")

PLAN = Plan(images=420, subjects=40, seed=5)
Boxes = NDArray[np.int64]
"""(n, 4): left, top, width and height."""


pytestmark = pytest.mark.slow


def yunet_boxes(picture: Picture) -> Boxes:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return np.asarray(yuface.detect(bgr, 0.6)[1], np.int64).reshape(-1, 4)


def haar_boxes(picture: Picture) -> Boxes:
    folder = Path(cv2.__file__).parent / "data"
    cascade = cv2.CascadeClassifier(str(folder / "haarcascade_frontalface_default.xml"))
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    return np.asarray(cascade.detectMultiScale(grey, 1.1, 5), np.int64).reshape(-1, 4)


DETECTORS = {"yunet": yunet_boxes, "haar": haar_boxes}


def is_found(face: FaceTruth, boxes: Boxes) -> bool:
    """Tell whether a box overlaps a face by an IoU of at least 0.4."""
    x_min, y_min, x_max, y_max = face.box_xyxy
    lefts, tops, widths, heights = boxes.T
    across = np.minimum(x_max, lefts + widths) - np.maximum(x_min, lefts)
    down = np.minimum(y_max, tops + heights) - np.maximum(y_min, tops)
    shared = across.clip(0) * down.clip(0)
    union = (x_max - x_min) * (y_max - y_min) + widths * heights - shared
    return bool((shared / union >= 0.4).any())


def share_found(drawings: list[Drawn], detect: Callable[[Picture], Boxes]) -> float:
    found = []
    for drawn in drawings:
        boxes = detect(drawn.picture)
        found += [is_found(face, boxes) for face in drawn.faces]
    return float(np.mean(found))


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_detector_finds_nearly_every_portrait(detector: str) -> None:
    drawings = [draw_portrait(PLAN, number) for number in range(42)]
    assert share_found(drawings, DETECTORS[detector]) >= 0.95


def test_yunet_finds_nearly_every_face_of_a_group() -> None:
    drawings = [draw_scene(PLAN, number) for number in range(7)]
    assert share_found(drawings, yunet_boxes) >= 0.95


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_detector_finds_no_face_in_a_place(detector: str) -> None:
    for number in range(5):
        assert len(DETECTORS[detector](draw_place(PLAN, number).picture)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("detector", DETECTORS)
def test_a_detector_finds_nearly_every_face_of_half_a_set(detector: str) -> None:
    portraits = [draw_portrait(PLAN, number) for number in range(140)]
    scenes = [draw_scene(PLAN, number) for number in range(14)]
    assert share_found(portraits, DETECTORS[detector]) >= 0.95
    assert share_found(scenes, DETECTORS[detector]) >= 0.95
