"""One face in an image, and what every detector does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from curator.errors import CuratorError

Box = tuple[float, float, float, float]


class UnusableDetectorError(CuratorError):
    """A detector lacks what it is made of; the message says what and how to bring it."""


@dataclass(frozen=True, eq=False)
class FoundFace:
    """One face as a detector found it or a source states it.

    Attributes:
        box_xyxy: Left, top, right and bottom edge in pixels of the image, inside it.
        landmarks: float (5, 2), x and y of left eye, right eye, nose, left and right
            mouth corner (left as the viewer sees it); None from a detector without them.
        confidence: Between 0 and 1; 1 from a detector that tells none.
        is_whole: The image is the crop of a face already: it is framed as it is.
    """

    box_xyxy: Box
    landmarks: NDArray[np.float64] | None
    confidence: float
    is_whole: bool = False

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


def stored_face(
    box_xyxy: Sequence[float],
    landmarks: Sequence[Sequence[float]] | None,
    confidence: float = 1.0,
    *,
    is_whole: bool = False,
) -> FoundFace:
    """Make a face of the numbers that the database keeps, to cut it out again."""
    x_min, y_min, x_max, y_max = (float(edge) for edge in box_xyxy)
    points = None if landmarks is None else np.asarray(landmarks, np.float64)
    return FoundFace((x_min, y_min, x_max, y_max), points, confidence, is_whole)


def clipped(box_xyxy: Box, size_wh: tuple[int, int]) -> Box | None:
    """Cut a box at the edges of an image; None where nothing of it is left.

    Example:
        >>> clipped((-5, 10, 20, 30), (100, 25))
        (0.0, 10.0, 20.0, 25.0)
        >>> clipped((100, 0, 120, 20), (100, 25)) is None
        True
    """
    x_min, y_min, x_max, y_max = (float(edge) for edge in box_xyxy)
    start = max(0.0, x_min), max(0.0, y_min)
    end = min(float(size_wh[0]), x_max), min(float(size_wh[1]), y_max)
    return (*start, *end) if start[0] < end[0] and start[1] < end[1] else None


def box_area(face: FoundFace) -> float:
    """Tell the area of a face's box in square pixels."""
    x_min, y_min, x_max, y_max = face.box_xyxy
    return (x_max - x_min) * (y_max - y_min)


def largest_first(faces: Iterable[FoundFace]) -> list[FoundFace]:
    """Put faces in the order that detectors give them in."""
    return sorted(faces, key=box_area, reverse=True)
