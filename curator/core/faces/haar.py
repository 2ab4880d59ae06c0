"""Find faces as the paper does, by OpenCV's Haar cascade."""

from importlib import import_module

import cv2
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from curator.core.faces.box_matching import DetectedFace, merged_detections
from curator.core.faces.face import Detector, FoundFace, clipped
from curator.core.faces.yunet import scaled

LONGEST_SIDE_PX = 640
HAAR_FILE = "haarcascade_frontalface_default.xml"
HAAR_SCALE_STEP = 1.1
HAAR_MIN_NEIGHBOURS = 5


class HaarDetector(Detector):
    """The paper's detector: OpenCV's frontal Haar cascade (Viola and Jones 2001).

    It gives neither landmarks nor a confidence. Of boxes on one face the largest stays.
    """

    def __init__(self) -> None:
        folder: str = import_module("cv2.data").haarcascades
        self._cascade = cv2.CascadeClassifier(folder + HAAR_FILE)

    @override
    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        """Find all frontal faces of at least 24 px in a copy of at most 640 px."""
        height, width = image_rgb.shape[:2]
        small = scaled(image_rgb, min(LONGEST_SIDE_PX, max(width, height)))
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        boxes_xywh = self._cascade.detectMultiScale(grey, HAAR_SCALE_STEP, HAAR_MIN_NEIGHBOURS)
        across, down = width / small.shape[1], height / small.shape[0]
        found = [
            clipped((x * across, y * down, (x + w) * across, (y + h) * down), (width, height))
            for x, y, w, h in boxes_xywh
        ]
        return merged_detections(
            DetectedFace(FoundFace(box, None, 1.0), 1.0) for box in found if box is not None
        )
