"""Both detectors of the curator find the drawn faces, and nothing where none is."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from curator.core.faces.detector import DETECTORS
from curator.steps.faces.choose_detector import made_detector, why_missing
from sample_data.places import draw_place
from sample_data.plan import Plan
from sample_data.portraits import draw_portrait
from sample_data.scenes import draw_scene
from sample_data.truth import Drawn, FaceTruth, Picture

PLAN = Plan(images=420, subjects=40, seed=5)
Boxes = NDArray[np.float64]
"""(n, 4): left, top, width and height."""


pytestmark = pytest.mark.slow


@cache
def portraits() -> list[Drawn]:
    return [draw_portrait(PLAN, number) for number in range(94)]


@cache
def scenes() -> list[Drawn]:
    return [draw_scene(PLAN, number) for number in range(10)]


def boxes_of(name: str) -> Callable[[Picture], Boxes]:
    """Look as an import does."""
    detector = made_detector(name)

    def boxes(picture: Picture) -> Boxes:
        edges = np.array([face.box_xyxy for face in detector.faces(picture)]).reshape(-1, 4)
        return np.column_stack([edges[:, :2], edges[:, 2:] - edges[:, :2]])

    return boxes


@pytest.fixture(params=DETECTORS)
def detect(request: pytest.FixtureRequest) -> Callable[[Picture], Boxes]:
    if reason := why_missing(request.param):
        pytest.skip(reason)
    return boxes_of(request.param)


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


def test_a_detector_finds_no_face_in_a_place(detect: Callable[[Picture], Boxes]) -> None:
    for number in range(5):
        assert len(detect(draw_place(PLAN, number).picture)) == 0


def test_a_detector_finds_nearly_every_face_of_a_third_of_a_set(
    detect: Callable[[Picture], Boxes],
) -> None:
    assert share_found(portraits(), detect) >= 0.95
    assert share_found(scenes(), detect) >= 0.95
