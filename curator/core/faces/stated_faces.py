"""Faces that a source states, with the landmarks that a detector sees in them."""

from collections.abc import Sequence
from itertools import product
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from curator.core.faces.box_matching import overlap, shared_area
from curator.core.faces.face import Box, Detector, FoundFace, box_area, clipped

MATCH_IOU = 0.4
"""Sources box the head, detectors the face: with the same middle that is about a half."""

MOST_TIMES_AS_WIDE = 2
"""A found face in the middle of a stated one is that face unless it is twice or half as wide:
a face on a shirt is none of these."""

MIDDLE_SHARE = 0.5
"""A face is that of a whole image when it covers at least half of the image's middle half."""


def whole_image_face(image_rgb: NDArray[np.uint8], detector: Detector) -> FoundFace:
    """Take a whole image for a face, for collections that are crops already.

    Args:
        image_rgb: uint8 (h, w, 3), upright.
        detector: What looks for landmarks. The image has them when just one face covers
            its middle.

    Returns:
        The face, certain and as large as the image.
    """
    height, width = image_rgb.shape[:2]
    fitting = [face for face in detector.faces(image_rgb) if _is_in_middle(face, (width, height))]
    landmarks = fitting[0].landmarks if len(fitting) == 1 else None
    return FoundFace((0.0, 0.0, float(width), float(height)), landmarks, 1.0, is_whole=True)


def _is_in_middle(face: FoundFace, size_wh: tuple[int, int]) -> bool:
    width, height = size_wh
    middle = width / 4, height / 4, width * 3 / 4, height * 3 / 4
    return shared_area(face.box_xyxy, middle) >= MIDDLE_SHARE * width * height / 4


def stated_faces(
    boxes_xyxy: Sequence[Box], found: Sequence[FoundFace], size_wh: tuple[int, int]
) -> tuple[list[FoundFace], list[int]]:
    """Make faces of the boxes that a source states, and keep what else was found.

    A stated face takes over landmarks and confidence of the found face that fits it best;
    no found face fits two. Without one it has no landmarks and is certain.

    Args:
        boxes_xyxy: What the source states; cut at the edges of the image.
        found: What a detector found in the image.
        size_wh: Width and height of the image.

    Returns:
        The faces, the stated ones in their order, then the found ones that fit none of
        them in theirs; and the places in `boxes_xyxy`, from 0, of boxes that have no area
        inside the image, which make no face.
    """
    boxes = [clipped(box, size_wh) for box in boxes_xyxy]
    matches = _matches(boxes, found)
    stated = [
        _stated(box, matches.get(place)) for place, box in enumerate(boxes) if box is not None
    ]
    others = [face for face in found if not any(box and fits(box, face) for box in boxes)]
    return stated + others, [place for place, box in enumerate(boxes) if box is None]


def _stated(box: Box, match: FoundFace | None) -> FoundFace:
    if match is None:
        return FoundFace(box, None, 1.0)
    return FoundFace(box, match.landmarks, match.confidence)


def _matches(boxes: Sequence[Box | None], found: Sequence[FoundFace]) -> dict[int, FoundFace]:
    """Pair boxes with found faces that fit, those that overlap most first."""
    pairs = [
        (overlap(box, face.box_xyxy), place, number)
        for (place, box), (number, face) in product(enumerate(boxes), enumerate(found))
        if box is not None and fits(box, face)
    ]
    matched: dict[int, int] = {}
    for _, place, number in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if place not in matched and number not in matched.values():
            matched[place] = number
    return {place: found[number] for place, number in matched.items()}


def fits(box: Box, face: FoundFace) -> bool:
    """Tell whether a found face is the one in a stated box.

    Either the two overlap by an IoU of 0.4, or the found one has its middle in the box and
    is half to twice as wide.
    """
    if overlap(box, face.box_xyxy) >= MATCH_IOU:
        return True
    x_min, y_min, x_max, y_max = face.box_xyxy
    x, y = (x_min + x_max) / 2, (y_min + y_max) / 2
    wider = sqrt(box_area(face) / ((box[2] - box[0]) * (box[3] - box[1])))
    is_alike = 1 / MOST_TIMES_AS_WIDE <= wider <= MOST_TIMES_AS_WIDE
    return is_alike and box[0] <= x <= box[2] and box[1] <= y <= box[3]
