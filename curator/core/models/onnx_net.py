"""Run a trained net on crops without the library that trained it."""

from threading import Lock

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.faces.crops import CROP_SIZE_PX
from curator.errors import CuratorError
from db.labels import Expression

PROBABILITIES = "probabilities"


class ExpressionNet:
    """A net in ONNX, run by OpenCV: it gives the answers of the original to 0.001.

    Args:
        content: The file: a net from `crops`, float32 (n, 75, 75, 3) with RGB from 0 to 255,
            to `probabilities` (n, 7), as the trainer promotes them.

    Raises:
        CuratorError: OpenCV cannot open it, or it is another net.
    """

    def __init__(self, content: bytes) -> None:
        self._lock = Lock()  # a net of OpenCV keeps what it was given last
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))
            self.probabilities(np.zeros((1, CROP_SIZE_PX, CROP_SIZE_PX, 3), np.uint8))
        except cv2.error as error:
            raise CuratorError(
                f"The net of the standard model cannot be run here ({error.err}). "
                "Make a model the standard one again, on the Benchmark page."
            ) from error

    def probabilities(self, crops_rgb: NDArray[np.uint8]) -> NDArray[np.float64]:
        """Give each crop the probabilities of the labels.

        Args:
            crops_rgb: uint8, shape (n, 75, 75, 3); n may be 0.

        Returns:
            Shape (n, 7), in the order of `Expression`; each row sums to 1.

        Raises:
            ValueError: The crops are of another shape or type.
        """
        expected = (CROP_SIZE_PX, CROP_SIZE_PX, 3)
        if crops_rgb.dtype != np.uint8 or crops_rgb.shape[1:] != expected:
            raise ValueError(
                f"`crops_rgb` must be uint8 of shape (n, {', '.join(map(str, expected))}). "
                f"Received: {crops_rgb.dtype} of shape {crops_rgb.shape}"
            )
        if not len(crops_rgb):
            return np.empty((0, len(Expression)))
        with self._lock:
            self._net.setInput(crops_rgb.astype(np.float32))
            return np.array(self._net.forward(PROBABILITIES), np.float64)
