"""Follow faces from frame to frame, and steady what is said of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from curator.core.faces.box_matching import overlap
from curator.core.faces.face import Box

SAME_FACE_IOU = 0.3
"""From this overlap on a box shows the face of a box some frames ago. At 15 frames a second
a head moves by a tenth of its width between two; half its width leaves an overlap of 1/3."""


@dataclass(frozen=True)
class Smoothing:
    """How much the past counts.

    Attributes:
        time_constant_seconds: After so long a new expression counts 63 %; 0 for no smoothing.
        forget_seconds: A face that was away for longer begins anew.
    """

    time_constant_seconds: float = 0.3
    forget_seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.time_constant_seconds < 0:
            raise ValueError(
                "`time_constant_seconds` must be at least 0. "
                f"Received: {self.time_constant_seconds}"
            )
        if self.forget_seconds <= 0:
            raise ValueError(f"`forget_seconds` must be above 0. Received: {self.forget_seconds}")

    def weight(self, seconds: float) -> float:
        """Say how much what is seen now counts beside what was said so long ago.

        It is 1 - exp(-t / T) (the step response of a first-order low-pass), so that the frame
        rate plays no part: two steps of t weigh as much as one of 2 t.

        Example:
            >>> round(Smoothing(time_constant_seconds=0.3).weight(0.3), 2)
            0.63
            >>> Smoothing(time_constant_seconds=0).weight(0.1)
            1.0
        """
        if self.time_constant_seconds == 0:
            return 1.0
        return 1 - exp(-seconds / self.time_constant_seconds)


@dataclass(frozen=True, eq=False)
class Track:
    """One face through the frames.

    Attributes:
        number: Its own; never given to another face of the stream.
        box_xyxy: Where it was seen last.
        probabilities: Shape (7,), smoothed; they sum to 1.
        seen_at_seconds: When, on any clock that only goes forward.
    """

    number: int
    box_xyxy: Box
    probabilities: NDArray[np.float64]
    seen_at_seconds: float


@dataclass(frozen=True)
class Tracks:
    """The faces that are followed.

    Attributes:
        followed: Those seen, and those away for less than `forget_seconds`.
        next_number: Of the next face that appears.
    """

    followed: tuple[Track, ...] = ()
    next_number: int = 1

    def seen_at(self, seconds: float) -> list[Track]:
        """Return the faces of the frame of a time, in the order of their boxes in it."""
        return [track for track in self.followed if track.seen_at_seconds == seconds]


def track_faces(
    tracks: Tracks,
    boxes: Sequence[Box],
    probabilities: Sequence[NDArray[np.float64]],
    at_seconds: float,
    smoothing: Smoothing,
) -> Tracks:
    """Take in one frame.

    Each box goes to the face followed that it overlaps most, the closest pair first; one
    that overlaps none by `SAME_FACE_IOU` is a new face.

    Args:
        boxes: The faces in the frame.
        probabilities: Of each box, shape (7,), in the same order.
        at_seconds: When the frame came; later than all before.

    Returns:
        The faces of this frame, in the order of `boxes`, and then those away.
    """
    known = [
        track
        for track in tracks.followed
        if at_seconds - track.seen_at_seconds <= smoothing.forget_seconds
    ]
    pairs = closest_pairs(boxes, [track.box_xyxy for track in known])
    number, here = tracks.next_number, []
    for place, (box, said) in enumerate(zip(boxes, probabilities, strict=True)):
        if place in pairs:
            here.append(_steadied(known[pairs[place]], box, said, at_seconds, smoothing))
        else:
            here.append(Track(number, box, said, at_seconds))
            number += 1
    away = [track for place, track in enumerate(known) if place not in pairs.values()]
    return Tracks((*here, *away), number)


def _steadied(
    track: Track, box: Box, said: NDArray[np.float64], at_seconds: float, smoothing: Smoothing
) -> Track:
    weight = smoothing.weight(at_seconds - track.seen_at_seconds)
    mixed = weight * said + (1 - weight) * track.probabilities
    return Track(track.number, box, mixed, at_seconds)


def closest_pairs(boxes: Sequence[Box], known: Sequence[Box]) -> dict[int, int]:
    """Pair boxes with known ones, the largest overlap first, each once.

    Returns:
        The place of a box to the place of the known one that it continues.

    Example:
        >>> closest_pairs([(0, 0, 10, 10), (90, 0, 99, 9)], [(50, 0, 60, 10), (1, 0, 11, 10)])
        {0: 1}
    """
    overlaps = sorted(
        (
            (overlap(box, other), place, other_place)
            for place, box in enumerate(boxes)
            for other_place, other in enumerate(known)
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for share, place, other_place in overlaps:
        if share >= SAME_FACE_IOU and place not in pairs and other_place not in pairs.values():
            pairs[place] = other_place
    return pairs
