"""Find faces by YuNet, coarse to fine."""

from math import ceil, log

import cv2
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from curator.core.faces.box_matching import DetectedFace, merged_detections
from curator.core.faces.face import Detector, FoundFace, clipped
from curator.core.faces.yunet_backends import Backend, OpenCvBackend, RawFaces, yuface_backend

YUNET_MIN_CONFIDENCE = 0.5

COARSE_PX = 160
"""Longest side of the copy in which every image is looked at first; small ones are enlarged.

On 842 photos with one head, most of 350 px (muxspace), in ms of one busy core:

    longest side           128   160   192   224   256   320   350
    photos with a face     841   841   840   841   841   838   839
    model file, ms         2.4   3.6   4.5   5.1   6.5   7.7  12.5
    yuface, ms             3.4   5.6   9.0  10.0  12.8  15.8  29.7
    landmarks move by     .125  .070  .063  .054  .053  .047

The last line is their mean shift, in distances of the eyes, when a photo is turned by up to
10 degrees and moved.
"""

SMALLEST_FACE_PX = 24
"""Height of the smallest face looked for, in pixels of the image."""

FAINTEST_PX = 10
"""Height in a copy below which no face is found (Wu, Peng and Yu 2023)."""

CLEAR_PX = 16
"""Height to which the finest copy brings a face of 24 px. In photos of 640 to 1,000 px composed of
people, 10 px found 27 % of the faces of 24 px in 19 ms an image, 16 px 87 % in 24 ms, 20 px 93 %
in 41 ms, 24 px all in 59 ms. Heads without a body are found from some 40 px only."""

FINEST_PX = 2048
"""Longest side of the largest copy; photos of more than 3,072 px are shrunk further than
`CLEAR_PX` asks for. A copy of 2,048 x 1,536 px takes 0.27 s by the model file, 0.55 s by yuface,
and 300 MB. In photos of 2,000 to 4,000 px composed of people it finds 21 % of the faces of
24 px, 36 % of 32 px, 82 % of 48 px and all larger ones; one look at 640 px finds 4 % of
48 px, 30 % of 64 px, 70 % of 128 px and all of 200 px (tests/benchmarks/detection.py). Twice
this side would find all of 24 px, for four times the time and memory."""

LARGEST_STEP = 4
"""How many times as large as the one before a copy is at most."""

SURE_CONFIDENCE = 0.7
"""A face below it makes a small image be looked at again; 2 to 4 of the 842 photos have none
above it."""

BEST_SIZES_PX = (32, 200)
DOUBT_PER_DOUBLING = 0.1


class YuNetDetector(Detector):
    """YuNet (Wu, Peng and Yu 2023), which finds faces of some 10 to 300 px at a look.

    It looks at a small copy of every image, and at larger copies where that cannot be
    trusted: no face is sure in it, or faces of 24 px have become too small to be seen.

    Args:
        model_path: A model file for OpenCV; empty for the package `yuface`.
        min_confidence: What is less sure is no face.

    Raises:
        UnusableDetectorError: The file is no YuNet, or `yuface` is not there.
    """

    def __init__(
        self, model_path: str = "", *, min_confidence: float = YUNET_MIN_CONFIDENCE
    ) -> None:
        self._find: Backend = OpenCvBackend(model_path) if model_path else yuface_backend()
        self._min_confidence = min_confidence

    @override
    def faces(self, image_rgb: NDArray[np.uint8]) -> list[FoundFace]:
        """Find all faces, with landmarks."""
        height, width = image_rgb.shape[:2]
        longest, finer = max(width, height), finer_copies_px(max(width, height))
        # Coarser copies are made of the finest one, which is quicker than of the image.
        finest = scaled(image_rgb, finer[-1]) if finer else image_rgb
        seen = self._look(scaled(finest, COARSE_PX), (width, height))
        if not finer and not _is_sure(seen):
            finer = second_copy_px(longest)
        for longest_px in finer:
            seen += self._look(scaled(finest, longest_px), (width, height))
        return merged_detections(seen)

    def _look(self, copy_rgb: NDArray[np.uint8], size_wh: tuple[int, int]) -> list[DetectedFace]:
        bgr = np.asarray(cv2.cvtColor(copy_rgb, cv2.COLOR_RGB2BGR), np.uint8)
        found = self._find(bgr, self._min_confidence)
        return detected_faces(found, (bgr.shape[1], bgr.shape[0]), size_wh)


def finer_copies_px(longest_px: int) -> list[int]:
    """Choose the longest sides of the copies to look at after the coarse one.

    None where a face of 24 px is still seen in the coarse one. Otherwise the finest copy
    shows that face at 16 px, unless it would be larger than 2,048 px, and others lie evenly
    between, each at most four times the one before, so that every size of face is well
    inside what YuNet finds in one of them.

    Example:
        >>> finer_copies_px(350), finer_copies_px(640), finer_copies_px(4000)
        ([], [427], [572, 2048])
    """
    if longest_px * FAINTEST_PX <= COARSE_PX * SMALLEST_FACE_PX:
        return []
    finest = min(round(longest_px * CLEAR_PX / SMALLEST_FACE_PX), FINEST_PX)
    steps = ceil(log(finest / COARSE_PX, LARGEST_STEP))
    return [round(px) for px in np.geomspace(COARSE_PX, finest, steps + 1)[1:]]


def second_copy_px(longest_px: int) -> list[int]:
    """Choose the second copy of an image in whose coarse one no face is sure.

    It is twice as large and never enlarged; an image that has no more pixels than the
    coarse copy gets none.
    """
    return [min(2 * COARSE_PX, longest_px)] if longest_px > COARSE_PX else []


def _is_sure(seen: list[DetectedFace]) -> bool:
    confidences = [sighting.face.confidence for sighting in seen]
    return bool(confidences) and min(confidences) >= SURE_CONFIDENCE


def scaled(image_rgb: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Bring an image's longest side to a length; its proportions stay, to the pixel."""
    height, width = image_rgb.shape[:2]
    scale = longest_px / max(height, width)
    if scale == 1:
        return image_rgb
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    small = _halved(image_rgb, scale)
    # Down to a half interpolating uses every pixel too, finds as much and is far quicker.
    how = cv2.INTER_AREA if longest_px < max(small.shape[:2]) / 2 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(small, size_wh, interpolation=how), np.uint8)


def _halved(image_rgb: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Average even sides down to halves, as long as no more is asked for: that is quick."""
    height, width = image_rgb.shape[:2]
    if scale >= 0.5 or height % 2 or width % 2:
        return image_rgb
    half = cv2.resize(image_rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return _halved(np.asarray(half, np.uint8), 2 * scale)


def detected_faces(
    found: RawFaces, copy_wh: tuple[int, int], size_wh: tuple[int, int]
) -> list[DetectedFace]:
    """Bring what was found in a copy to pixels of the image, boxes cut at its edges."""
    scale = np.array(size_wh) / copy_wh
    seen = []
    for box, points, confidence in zip(
        found.boxes_xywh, found.landmarks, found.confidences, strict=True
    ):
        left, top, right, bottom = np.concatenate([box[:2], box[:2] + box[2:]]) * [*scale, *scale]
        inside = clipped((left, top, right, bottom), size_wh)
        if inside is not None:
            face = FoundFace(inside, points * scale, float(confidence))
            seen.append(DetectedFace(face, trust(float(confidence), float(box[2:].max()))))
    return seen


def trust(confidence: float, size_px: float) -> float:
    """Tell how far to trust a sighting of this size in its copy.

    It is the confidence where the face has a size that YuNet is best at, 32 to 200 px, and
    a tenth less for each doubling beyond.

    Example:
        >>> trust(0.9, 100), round(trust(0.9, 400), 2), round(trust(0.9, 16), 2)
        (0.9, 0.8, 0.8)
    """
    smallest, largest = BEST_SIZES_PX
    doublings = max(log(size_px / largest, 2), log(smallest / size_px, 2), 0.0)
    return confidence - DOUBT_PER_DOUBLING * doublings
