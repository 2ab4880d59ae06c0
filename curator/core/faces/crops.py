"""Cut a face out of its image: upright by its eyes, framed the same way every time."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.faces.face import FoundFace
from curator.core.faces.stated_faces import stated_faces, whole_image_face

__all__ = [
    "Frame",
    "aligned_crop",
    "frame",
    "stated_faces",
    "view_size_px",
    "whole_image_face",
]

CROP_SIZE_PX = 75
VIEW_MIN_PX = 160
VIEW_MAX_PX = 320
VIEW_MAX_ENLARGEMENT = 1.5

SIDE_IN_EYE_DISTANCES = 3.2
"""Side of a crop. A face is about 2.2 eye distances wide, and reaches 1.1 of them from
the eyes up to the hairline and 1.8 down to the chin (as YuNet's boxes on 2,500 faces)."""

EYE_LINE_SHARE = 0.4
"""How far down the crop the eyes are: 1.28 eye distances are above them, 1.92 below."""

MOUTH_IN_EYE_DISTANCES = 1.1
"""How far below the eyes the mouth is in a frontal face."""

SIDE_IN_BOXES = 1.3
"""Side of a crop without landmarks, of the box's longer side: 15 % margin all round."""


@dataclass(frozen=True)
class Frame:
    """A square in an image, which may be turned and may stand out over its edges.

    Attributes:
        centre_xy: Its middle in pixels of the image.
        side_px: Its side in pixels of the image.
        roll_radians: How far it is turned, clockwise as the viewer sees it.
    """

    centre_xy: tuple[float, float]
    side_px: float
    roll_radians: float


def frame(face: FoundFace) -> Frame:
    """Find the square that shows a whole face, from above the hairline to below the chin.

    An image that is a crop already is framed as it is: nothing is cut off or turned.
    """
    if face.is_whole:
        return _frame_whole(face)
    return _frame_by_box(face) if face.landmarks is None else _frame_by_eyes(face, face.landmarks)


def _frame_whole(face: FoundFace) -> Frame:
    x_min, y_min, x_max, y_max = face.box_xyxy
    middle = (x_min + x_max) / 2, (y_min + y_max) / 2
    return Frame(middle, max(x_max - x_min, y_max - y_min), 0.0)


def _frame_by_box(face: FoundFace) -> Frame:
    x_min, y_min, x_max, y_max = face.box_xyxy
    side = SIDE_IN_BOXES * max(x_max - x_min, y_max - y_min)
    return Frame(((x_min + x_max) / 2, (y_min + y_max) / 2), side, 0.0)


def _frame_by_eyes(face: FoundFace, landmarks: NDArray[np.float64]) -> Frame:
    """Frame by the eyes; where the head is turned away their distance shrinks.

    The distance from eyes to mouth does not shrink then, so the larger of the two counts.
    The eyes of a turned head are also off its middle: the frame is halfway between theirs
    and the box's.
    """
    eyes, mouth = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0)
    across = landmarks[1] - landmarks[0]
    to_mouth = float(np.linalg.norm(mouth - eyes))
    distance = max(float(np.linalg.norm(across)), to_mouth / MOUTH_IN_EYE_DISTANCES, 1.0)
    side = SIDE_IN_EYE_DISTANCES * distance
    roll = float(np.arctan2(across[1], across[0]))
    right, down = _directions(roll)
    x_min, y_min, x_max, y_max = face.box_xyxy
    middle = np.array([x_min + x_max, y_min + y_max]) / 2
    aside = float((middle - eyes) @ right) / 2
    centre = eyes + right * aside + down * (0.5 - EYE_LINE_SHARE) * side
    return Frame((float(centre[0]), float(centre[1])), side, roll)


def _directions(roll_radians: float) -> NDArray[np.float64]:
    """Tell which way is right and which is down for a head tilted so: (2, 2)."""
    cos, sin = np.cos(roll_radians), np.sin(roll_radians)
    return np.array([[cos, sin], [-sin, cos]])


def view_size_px(face: FoundFace) -> int:
    """Choose the side of the view that people look at: 160 to 320 px.

    Between these it is 1.5 times what the image has of the face; more would only blur.
    """
    wanted = round(VIEW_MAX_ENLARGEMENT * frame(face).side_px)
    return max(VIEW_MIN_PX, min(VIEW_MAX_PX, wanted))


def aligned_crop(
    pixels: NDArray[np.uint8], face: FoundFace, size_px: int = CROP_SIZE_PX
) -> NDArray[np.uint8]:
    """Cut a face out, turned upright and scaled by its eyes.

    With landmarks the eyes come to lie on one level, 40 % down the crop, and a frontal
    face's eyes are 1 / 3.2 of its side apart. Without, the box is cut with a margin. What
    lies outside the image repeats the pixel at its edge: a mirrored edge could show a
    third eye. An image that is a crop already is only brought to the size, which keeps
    every pixel's place; where it is no square its edges are repeated.

    Args:
        pixels: uint8 (h, w, 3) in RGB or (h, w) in grey, upright.
        face: A face found in that image.
        size_px: Side of the crop.

    Returns:
        uint8 (size_px, size_px, 3) or (size_px, size_px), as the image.
    """
    if face.is_whole:
        return _resized(_squared(pixels), size_px)
    view_px = view_size_px(face)
    if size_px < view_px:
        return _resized(_warped(pixels, face, view_px), size_px)
    return _warped(pixels, face, size_px)


def crop_and_view(
    pixels: NDArray[np.uint8], face: FoundFace
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cut a face out at both sizes that are kept, turning it once.

    Returns:
        The crop, as `aligned_crop` gives it, and the view of `view_size_px`.
    """
    view = aligned_crop(pixels, face, view_size_px(face))
    return aligned_crop(pixels, face) if face.is_whole else _resized(view, CROP_SIZE_PX), view


def _warped(pixels: NDArray[np.uint8], face: FoundFace, size_px: int) -> NDArray[np.uint8]:
    square = frame(face)
    # Cut at a whole multiple and average down: a warp alone skips pixels when it shrinks.
    multiple = max(1, int(square.side_px / size_px))
    cut_px = multiple * size_px
    cut = cv2.warpAffine(
        pixels,
        to_crop(square, cut_px),
        (cut_px, cut_px),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if multiple > 1:
        cut = cv2.resize(cut, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return np.asarray(cut, np.uint8)


def _squared(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Repeat the pixels at the edges of the shorter side until it is as long as the other."""
    height, width = pixels.shape[:2]
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    below, right = side - height - top, side - width - left
    padded = cv2.copyMakeBorder(pixels, top, below, left, right, cv2.BORDER_REPLICATE)
    return np.asarray(padded, np.uint8)


def _resized(pixels: NDArray[np.uint8], size_px: int) -> NDArray[np.uint8]:
    how = cv2.INTER_AREA if pixels.shape[0] > size_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (size_px, size_px), interpolation=how), np.uint8)


def to_crop(square: Frame, size_px: int) -> NDArray[np.float64]:
    """Make the (2, 3) matrix that takes a point of the image to its place in the crop."""
    turn = _directions(square.roll_radians) * size_px / square.side_px
    shift = size_px / 2 - turn @ np.array(square.centre_xy)
    return np.column_stack([turn, shift])
