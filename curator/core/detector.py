"""Find faces: one protocol, YuNet (the default) and the paper's Haar cascade behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

LONGEST_SIDE_PX = 640
SHORTEST_LONGEST_SIDE_PX = 320
YUNET_MIN_CONFIDENCE = 0.5
HAAR_FILE = "haarcascade_frontalface_default.xml"
HAAR_SCALE_STEP = 1.1
HAAR_MIN_NEIGHBOURS = 5

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class FoundFace:
    """One face as a detector found it.

    Attributes:
        box_xyxy: Left, top, right and bottom edge in pixels of the image, inside it.
        landmarks: float (5, 2), x and y of left eye, right eye, nose, left and right
            mouth corner (left as the viewer sees it); None from a detector without them.
        confidence: Between 0 and 1; 1 from a detector that tells none.
    """

    box_xyxy: Box
    landmarks: NDArray[np.float64] | None
    confidence: float

    def __post_init__(self) -> None:
        x_min, y_min, x_max, y_max = self.box_xyxy
        if x_max <= x_min or y_max <= y_min:
            raise ValueError(f"`box_xyxy` must have an area. Received: {self.box_xyxy}")
        if self.landmarks is not None and self.landmarks.shape != (5, 2):
            raise ValueError(
                f"`landmarks` must be (5, 2) or None. Received shape: {self.landmarks.shape}"
            )
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"`confidence` must be in [0, 1]. Received: {self.confidence}")


class Detector(Protocol):
    """Whatever finds faces in an image."""

    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        """Find all faces.

        Args:
            image_rgb: uint8 (h, w, 3), upright.

        Returns:
            The faces, the largest first; empty when there are none.
        """
        ...


class YuNetDetector(Detector):
    """YuNet (Wu, Peng and Yu 2023) as compiled into the package `yuface`.

    It finds faces of about 10 to 500 px, so that large images are shrunk to a longest
    side of 640 px and small ones enlarged to 320 px. Enlarging images that need none
    loses faces: measured on 632 images of 350 px, 99 % are found as they are and 97 % when
    enlarged to 640 px.

    Raises:
        ImportError: `yuface` is not there for this Python or this system.
    """

    def __init__(self, min_confidence: float = YUNET_MIN_CONFIDENCE) -> None:
        self._find: Callable[[Any, float], Any] = import_module("yuface").detect
        self._min_confidence = min_confidence

    @override
    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        """Find all faces, with landmarks; yuface tells its confidence in percent."""
        small, scale = _scaled(image_rgb, SHORTEST_LONGEST_SIDE_PX)
        bgr = np.ascontiguousarray(small[..., ::-1])
        percents, boxes_xywh, points = self._find(bgr, self._min_confidence)
        found = [
            _found(
                box / np.tile(scale, 2),
                image_rgb,
                point.reshape(5, 2) / scale,
                float(percent) / 100,
            )
            for percent, box, point in zip(percents, boxes_xywh, points, strict=True)
        ]
        return _largest_first(found)


class HaarDetector(Detector):
    """The paper's detector: OpenCV's frontal Haar cascade (Viola and Jones 2001).

    It gives neither landmarks nor a confidence.
    """

    def __init__(self) -> None:
        folder: str = import_module("cv2.data").haarcascades
        self._cascade = cv2.CascadeClassifier(folder + HAAR_FILE)

    @override
    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        """Find all frontal faces of at least 24 px."""
        small, scale = _scaled(image_rgb, 1)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        boxes_xywh = self._cascade.detectMultiScale(grey, HAAR_SCALE_STEP, HAAR_MIN_NEIGHBOURS)
        found = [
            _found(np.asarray(box) / np.tile(scale, 2), image_rgb, None, 1.0) for box in boxes_xywh
        ]
        return _largest_first(found)


DETECTORS: dict[str, Callable[[], Detector]] = {"yunet": YuNetDetector, "haar": HaarDetector}
"""Every detector by the name that people choose it by; the first is the default."""


def why_missing(name: str) -> str | None:
    """Say why a detector cannot be used here, in one sentence, or None when it can."""
    try:
        DETECTORS[name]()
    except ImportError as error:
        return f"The detector {name} cannot be used here: {error}."
    return None


def default_detector_name() -> str:
    """Name the first detector that can be used here; `why_missing` tells of the others."""
    return next(name for name in DETECTORS if why_missing(name) is None)


def _scaled(
    image_rgb: NDArray[np.uint8], shortest_px: int
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Bring the longest side between `shortest_px` and 640; also tell the scale of x and y."""
    height, width = image_rgb.shape[:2]
    longest = max(height, width)
    scale = float(np.clip(longest, shortest_px, LONGEST_SIDE_PX)) / longest
    if scale == 1:
        return image_rgb, np.ones(2)
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(image_rgb, size_wh, interpolation=how), np.uint8)
    return small, np.array([size_wh[0] / width, size_wh[1] / height])


def _found(
    box_xywh: NDArray[np.float64],
    image_rgb: NDArray[np.uint8],
    landmarks: NDArray[np.float64] | None,
    confidence: float,
) -> FoundFace | None:
    """Make a face of a detector's numbers, its box cut at the image's edges."""
    height, width = image_rgb.shape[:2]
    left, top, box_width, box_height = (float(number) for number in box_xywh)
    box = max(0.0, left), max(0.0, top)
    end = min(float(width), left + box_width), min(float(height), top + box_height)
    if end[0] <= box[0] or end[1] <= box[1]:
        return None
    return FoundFace((*box, *end), landmarks, min(1.0, confidence))


def _largest_first(found: list[FoundFace | None]) -> list[FoundFace]:
    return sorted((face for face in found if face is not None), key=box_area, reverse=True)


def box_area(face: FoundFace) -> float:
    """Tell the area of a face's box in square pixels."""
    x_min, y_min, x_max, y_max = face.box_xyxy
    return (x_max - x_min) * (y_max - y_min)
