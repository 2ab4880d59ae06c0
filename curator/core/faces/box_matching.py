"""Make one face of several sightings of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from curator.core.faces.face import Box, FoundFace, box_area, largest_first

SAME_FACE_IOU = 0.4
"""From this overlap on two boxes show one face; boxes of neighbours in a crowd stay below."""

INSIDE_SHARE = 0.8
"""A box of which so much lies inside another one is a part of that face, or a face cut off
by the frame of a look; a child's head before its parent's is inside by half at most."""


@dataclass(frozen=True, eq=False)
class DetectedFace:
    """A face as one look at an image shows it.

    Attributes:
        face: The face, in pixels of the image.
        trust: How far to trust this look; of two sightings of one face the higher stays.
    """

    face: FoundFace
    trust: float


def merged_detections(sightings: Iterable[DetectedFace]) -> list[FoundFace]:
    """Keep one sighting of each face: the most trusted, of equals the largest.

    No two of the result are one face by `are_one_face`; whatever is left out is one face
    with one of the result. The order of the sightings plays no part.

    Returns:
        The faces, the largest first.
    """
    kept: list[FoundFace] = []
    for sighting in sorted(sightings, key=_rank):
        if not any(are_one_face(sighting.face.box_xyxy, face.box_xyxy) for face in kept):
            kept.append(sighting.face)
    return largest_first(kept)


def _rank(sighting: DetectedFace) -> tuple[Any, ...]:
    face = sighting.face
    landmarks = () if face.landmarks is None else tuple(face.landmarks.ravel())
    return -sighting.trust, -box_area(face), face.box_xyxy, -face.confidence, landmarks


def are_one_face(first: Box, second: Box) -> bool:
    """Tell whether two boxes show one face: they overlap, or one lies in the other.

    Example:
        A box half over another one, and a small one in its middle.

        >>> are_one_face((0, 0, 10, 10), (5, 0, 15, 10))
        False
        >>> are_one_face((0, 0, 10, 10), (4, 4, 6, 6))
        True
    """
    shared = shared_area(first, second)
    smaller = min(_area(first), _area(second))
    return shared >= INSIDE_SHARE * smaller or overlap(first, second) >= SAME_FACE_IOU


def overlap(first: Box, second: Box) -> float:
    """Tell the intersection over union of two boxes, 0 to 1.

    Example:
        Two squares of 4 that share half of each.

        >>> overlap((0, 0, 2, 2), (1, 0, 3, 2)) == 2 / 6
        True
    """
    shared = shared_area(first, second)
    return shared / (_area(first) + _area(second) - shared)


def shared_area(first: Box, second: Box) -> float:
    """Tell the area that two boxes share, in square pixels."""
    across = min(first[2], second[2]) - max(first[0], second[0])
    down = min(first[3], second[3]) - max(first[1], second[1])
    return max(0.0, across) * max(0.0, down)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
