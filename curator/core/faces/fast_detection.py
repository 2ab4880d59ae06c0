"""Find the faces near a camera quickly: in a small copy of the frame."""

import numpy as np
from numpy.typing import NDArray

from curator.core.faces.face import Detector, FoundFace
from curator.core.faces.yunet import scaled

QUICK_LOOK_PX = 320
"""Longest side of the copy: the largest that YuNet finds its smallest faces in by one coarse look.
Of a frame of 640 px these are 48 px high, a head some two metres from a webcam."""

MOST_FACES = 8
"""Of a crowd the largest faces are taken, so that none of the frames takes long."""


def fast_detection(detector: Detector, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
    """Find faces in a copy of at most 320 px.

    Returns:
        At most eight, the largest first, in pixels of the image.
    """
    longest = max(image_rgb.shape[:2])
    if longest <= QUICK_LOOK_PX:
        return detector.faces(image_rgb)[:MOST_FACES]
    small = scaled(image_rgb, QUICK_LOOK_PX)
    height, width = image_rgb.shape[:2]
    by_xy = width / small.shape[1], height / small.shape[0]
    return [enlarged(face, by_xy) for face in detector.faces(small)[:MOST_FACES]]


def enlarged(face: FoundFace, by_xy: tuple[float, float]) -> FoundFace:
    """Bring a face from a copy of an image to the image itself.

    Args:
        by_xy: How many times as wide and as high the image is.
    """
    across, down = by_xy
    x_min, y_min, x_max, y_max = face.box_xyxy
    box = (x_min * across, y_min * down, x_max * across, y_max * down)
    points = None if face.landmarks is None else face.landmarks * np.array(by_xy)
    return FoundFace(box, points, face.confidence, face.is_whole)
