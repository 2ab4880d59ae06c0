"""A face drawn in a few lines that both detectors find."""

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from curator.core.faces.detector import FoundFace

Pixels = NDArray[np.uint8]


def make_found_face(
    box_xyxy: tuple[float, float, float, float] = (10, 10, 60, 70),
    *,
    eyes: tuple[tuple[float, float], tuple[float, float]] | None = ((25, 30), (45, 30)),
) -> FoundFace:
    """Make a face; its nose and mouth lie where an upright frontal face has them."""
    if eyes is None:
        return FoundFace(box_xyxy, None, 1.0)
    left, right = np.array(eyes, float)
    across = right - left
    down = np.array([-across[1], across[0]])
    nose, mouth = (left + right) / 2 + 0.6 * down, 1.1 * down
    landmarks = np.array([left, right, nose, left + mouth, right + mouth])
    return FoundFace(box_xyxy, landmarks, 0.9)


def draw_face(size_px: int = 220, *, shade: int = 150) -> Pixels:
    """Draw a frontal face, upright, its eyes at half the height of the square."""
    image = np.full((size_px, size_px, 3), shade, np.float32)
    unit = size_px / 220
    skin = np.array([215.0, 165.0, 135.0])
    _blend(image, (110, 106, 70, 90), [45, 35, 30], unit)
    _blend(image, (110, 215, 100, 45), [70, 90, 140], unit)
    _blend(image, (110, 185, 30, 45), skin * 0.8, unit)
    _blend(image, (110, 116, 59, 79), skin, unit)
    _blend(image, (110, 122, 8, 24), skin * 1.1, unit)
    _blend(image, (110, 138, 13, 4), skin * 0.6, unit)
    _blend(image, (110, 160, 22, 6), [150, 70, 70], unit)
    for x in (85, 135):
        _blend(image, (x, 105, 19, 12), skin * 0.75, unit)
        _blend(image, (x, 106, 12, 6), [238, 238, 235], unit)
        _blend(image, (x, 106, 6, 6), [45, 35, 30], unit)
        _blend(image, (x, 90, 15, 3), [45, 35, 30], unit)
    return cv2.GaussianBlur(image, (0, 0), 1.2 * unit).clip(0, 255).astype(np.uint8)


def _blend(
    image: NDArray[np.float32],
    ellipse: tuple[float, float, float, float],
    colour: ArrayLike,
    unit: float,
) -> None:
    x, y, half_width, half_height = (number * unit for number in ellipse)
    rows, columns = np.mgrid[0 : image.shape[0], 0 : image.shape[1]]
    inside = ((columns - x) / half_width) ** 2 + ((rows - y) / half_height) ** 2 <= 1
    image[inside] = np.asarray(colour, np.float32)


def scene(*faces: Pixels, height_px: int = 400) -> Pixels:
    """Lay faces beside each other before one wall."""
    width = sum(face.shape[1] for face in faces)
    image = np.full((height_px, width, 3), 150, np.uint8)
    left = 0
    for face in faces:
        height, face_width = face.shape[:2]
        image[:height, left : left + face_width] = face
        left += face_width
    return image
