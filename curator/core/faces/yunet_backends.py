"""What runs YuNet: the package `yuface`, or OpenCV with a model file."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from curator.core.faces.face import UnusableDetectorError

NEWEST_MODEL = "face_detection_yunet_2026may.onnx"
OVERLAP_IN_ONE_LOOK = 0.3
MOST_FACES = 5000
TRIAL_PX = 64


@dataclass(frozen=True, eq=False)
class RawFaces:
    """What one look finds, in pixels of what was looked at.

    Attributes:
        boxes_xywh: float64 (n, 4), left, top, width and height; may stand out over the edges.
        landmarks: float64 (n, 5, 2), see `FoundFace`.
        confidences: float64 (n,), 0 to 1.
    """

    boxes_xywh: NDArray[np.float64]
    landmarks: NDArray[np.float64]
    confidences: NDArray[np.float64]


Backend = Callable[[NDArray[np.uint8], float], RawFaces]
"""Looks once at a uint8 (h, w, 3) BGR image for faces of at least a confidence."""


def yuface_backend() -> Backend:
    """Use YuNet as compiled into the package `yuface`.

    Raises:
        UnusableDetectorError: `yuface` is not there for this Python or this system.
    """
    try:
        # Its `detect` warns of large images, which take long but do no harm.
        detect: Callable[[NDArray[np.uint8]], Any] = import_module("yuface").c_detect
    except ImportError as error:
        raise UnusableDetectorError(
            f"The package yuface is not there ({error}), so that YuNet needs a model file: "
            f"download {NEWEST_MODEL} of the OpenCV Zoo and install it with "
            "`curator install-detector FILE`."
        ) from error
    return lambda bgr, least: raw_faces_of_yuface(detect(np.ascontiguousarray(bgr)), least)


def raw_faces_of_yuface(rows: NDArray[np.int16], min_confidence: float) -> RawFaces:
    """Read what yuface answers.

    Args:
        rows: (n, 16): confidence in percent, box, five points; the last number says nothing.
            Coordinates are cut off to whole pixels, so that half a pixel is missing.
    """
    sure = rows[rows[:, 0] >= 100 * min_confidence].astype(np.float64)
    boxes, points = sure[:, 1:5], sure[:, 5:15] + 0.5
    return RawFaces(boxes, points.reshape(-1, 5, 2), np.minimum(sure[:, 0] / 100, 1))


class OpenCvBackend:
    """Run YuNet by OpenCV's own reader of ONNX.

    Args:
        model_path: A YuNet of the OpenCV Zoo, of 2023 or later.

    Raises:
        UnusableDetectorError: OpenCV cannot open the file, or it is another net.
    """

    def __init__(self, model_path: str) -> None:
        try:
            self._net = cv2.FaceDetectorYN.create(
                model_path,
                "",
                (TRIAL_PX, TRIAL_PX),
                nms_threshold=OVERLAP_IN_ONE_LOOK,
                top_k=MOST_FACES,
            )
            self._lock = Lock()  # the net keeps the size of its image between two calls
            self(np.zeros((TRIAL_PX, TRIAL_PX, 3), np.uint8), 0.5)
        except cv2.error as error:
            raise UnusableDetectorError(
                f"{model_path} is not a YuNet that OpenCV can use ({_last_words(error)}). "
                f"Expected a file such as {NEWEST_MODEL} of the OpenCV Zoo; download it again."
            ) from error

    def __call__(self, bgr: NDArray[np.uint8], min_confidence: float) -> RawFaces:
        """Look once."""
        with self._lock:
            self._net.setScoreThreshold(min_confidence)
            self._net.setInputSize((bgr.shape[1], bgr.shape[0]))
            _, rows = self._net.detect(bgr)
        return raw_faces_of_opencv(rows)


def raw_faces_of_opencv(rows: ArrayLike | None) -> RawFaces:
    """Read what `cv2.FaceDetectorYN` answers.

    Args:
        rows: (n, 15): box, five points, confidence; None where there is no face.
    """
    found = np.zeros((0, 15)) if rows is None else np.asarray(rows, np.float64)
    points = found[:, 4:14].reshape(-1, 5, 2)
    return RawFaces(found[:, :4], points, np.clip(found[:, 14], 0, 1))


def _last_words(error: cv2.error) -> str:
    """Take what matters out of OpenCV's message, after its place in OpenCV and its number."""
    return str(error).strip().rpartition("error: ")[2].partition(") ")[2].splitlines()[0]
