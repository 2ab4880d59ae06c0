"""What a face looks like in a few numbers, whatever its size, light and small turns."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.faces.crops import frame, to_crop
from curator.core.faces.face import FoundFace
from curator.core.faces.preprocessing import grey

PATCH_PX = 64
"""Side of the patch by which faces are compared."""

SIDE_IN_EYE_DISTANCES = 2.2
"""Side of the patch: brows, eyes, nose and mouth, and no more. What is around a face is cut
off, covered or painted over in copies."""

_FACE = np.array([[-0.5, 0], [0.5, 0], [0, 0.58], [-0.4, 1.05], [0.4, 1.05]])
"""Where the five landmarks of a frontal face are, in eye distances from between the eyes."""

_MIDDLE_XY = np.array([0.0, 0.5])

_SHARE_WITHOUT_LANDMARKS = 0.7
"""How much of a view without landmarks the patch takes."""

_DCT_PX = 32
_FREQUENCIES = 8

EMBEDDING_LENGTH = _FREQUENCIES**2 - 1


@dataclass(frozen=True)
class LandmarkError:
    """A small error of landmarks.

    Attributes:
        right: To the right, in eye distances.
        down: Down, in eye distances.
        scale: By how much the face is taken for larger.
    """

    right: float = 0.0
    down: float = 0.0
    scale: float = 1.0


LANDMARK_ERRORS: Sequence[LandmarkError] = tuple(
    LandmarkError(right, down, scale)
    for scale in (1.0, 0.93, 1.07)
    for right, down in ((0.0, 0.0), (0.07, 0.0), (-0.07, 0.0), (0.0, 0.07), (0.0, -0.07))
)
"""The errors that a detector makes between a picture and its copy; the first is none. Under
turning and shifting, YuNet's landmarks move by 0.07 eye distances."""


def patch(
    view: NDArray[np.uint8], face: FoundFace, nudge: LandmarkError = LANDMARK_ERRORS[0]
) -> NDArray[np.uint8]:
    """Cut the middle of a face out of its view, fitted to all five landmarks.

    Args:
        view: uint8 (h, h, 3) or (h, h), the square cut of the face as `crop_and_view` makes it.
        face: The face as it was found in its image.
        nudge: How far beside the landmarks the patch is taken.

    Returns:
        uint8 (64, 64), grey.
    """
    to_patch = _to_patch(face, view.shape[0], nudge)
    levels, scale = grey(view), float(np.hypot(to_patch[0, 0], to_patch[1, 0]))
    if scale < 1:  # a warp alone skips pixels when it shrinks
        levels = np.asarray(cv2.GaussianBlur(levels, (0, 0), 0.5 * (1 / scale - 1) + 0.01))
    cut = cv2.warpAffine(
        levels,
        to_patch,
        (PATCH_PX, PATCH_PX),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(cut, np.uint8)


def _to_patch(face: FoundFace, view_px: int, nudge: LandmarkError) -> NDArray[np.float64]:
    """Make the (2, 3) matrix that takes a point of the view to its place in the patch."""
    eye_distance_px = PATCH_PX / SIDE_IN_EYE_DISTANCES
    shift_px = np.array([nudge.right, nudge.down]) * eye_distance_px
    if face.landmarks is None:
        scale = (
            nudge.scale * PATCH_PX / (view_px * (1 if face.is_whole else _SHARE_WITHOUT_LANDMARKS))
        )
        return np.column_stack([np.eye(2) * scale, PATCH_PX / 2 - scale * view_px / 2 + shift_px])
    in_view = to_crop(frame(face), view_px)
    seen = face.landmarks @ in_view[:, :2].T + in_view[:, 2]
    wanted = (_FACE - _MIDDLE_XY) * eye_distance_px * nudge.scale + PATCH_PX / 2 + shift_px
    return _similarity(seen, wanted)


def _similarity(points: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit the turn, scale and shift that take points nearest to others, by least squares.

    Umeyama 1991, "Least-squares estimation of transformation parameters between two point
    patterns", in the plane and without reflection.
    """
    middle, wanted_middle = points.mean(axis=0), wanted.mean(axis=0)
    around, goal = points - middle, wanted - wanted_middle
    spread = max(float((around**2).sum()), 1e-9)
    along = float((around * goal).sum()) / spread
    across = float((around[:, 0] * goal[:, 1] - around[:, 1] * goal[:, 0]).sum()) / spread
    turn = np.array([[along, -across], [across, along]])
    return np.column_stack([turn, wanted_middle - turn @ middle])


def patch_embedding(patch_grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Tell the look of a patch: its 63 lowest frequencies, each as loud as the others.

    They are the coefficients whose signs are the perceptual hash (Zauner 2010,
    "Implementation and benchmarking of perceptual image hash functions"), with their sizes:
    less what all faces have in common, over how far faces differ in each.

    Args:
        patch_grey: uint8 (64, 64).

    Returns:
        float32 (63,) of length 1, row by row; all 0 for a patch of one flat colour. The inner
        product of two looks says how alike they are, from -1 to 1.
    """
    small = cv2.resize(patch_grey, (_DCT_PX, _DCT_PX), interpolation=cv2.INTER_AREA)
    loudness = cv2.dct(small.astype(np.float32))[:_FREQUENCIES, :_FREQUENCIES].ravel()[1:]
    length = float(np.linalg.norm(loudness))
    if length < _FLAT:
        return np.zeros(EMBEDDING_LENGTH, np.float32)
    levelled = (loudness / length - _MEAN) / _DEVIATION
    return np.asarray(levelled / np.linalg.norm(levelled), np.float32)


def mirrored(looks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn looks (n, 63) into those of the mirror images."""
    return looks * _IN_A_MIRROR


_FLAT = 1e-3

_IN_A_MIRROR = np.where(np.arange(1, EMBEDDING_LENGTH + 1) % 2, -1, 1).astype(np.float32)

_MEAN = np.zeros(EMBEDDING_LENGTH, np.float32)
# fmt: off
_MEAN[1::2] = np.array([
    -176, -57, -88, 105, -71, 70, -60, -121, -106, 30, 24, 64, -10, -98, 31, 225, -119, -84, 40,
    127, -32, -51, -6, -4, -26, 33, 13, -70, 28, 4, 9,
]) / 1e3
"""What the frequencies of length 1 are on the average of 2,520 photos of muxspace and their
mirror images, by which those that a mirror turns around are 0."""

_DEVIATION = (np.array([
    4256, 3008, 1820, 1629, 1061, 1022, 905, 2319, 1751, 1671, 1189, 1142, 901, 864, 659, 1575,
    1146, 1230, 888, 1082, 755, 707, 627, 1155, 938, 866, 698, 784, 653, 635, 556, 1224, 732, 840,
    587, 712, 625, 495, 405, 1097, 633, 803, 537, 692, 413, 428, 377, 1073, 564, 783, 521, 596,
    397, 419, 384, 799, 448, 628, 421, 463, 343, 362, 298,
]) / 1e4).astype(np.float32)
"""How far they deviate from it on the same photos."""
# fmt: on
