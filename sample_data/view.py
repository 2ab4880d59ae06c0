"""From face units to pixels: where a turned head shows its points."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from sample_data.curves import Floats

_NECK_Y = 0.95
"""The head turns about this point, in face units below the middle of the face."""


@dataclass(frozen=True)
class Pose:
    """How a head is turned, in degrees.

    Attributes:
        yaw: Positive turns the nose to the right of the image.
        pitch: Positive looks down.
        roll: Positive tilts the top of the head to the right of the image.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


def depth(points: Floats) -> Floats:
    """Give how far in front of the ears points of a face lie, in face units."""
    squares = points * points
    head = 0.72 * np.sqrt(np.maximum(1 - squares @ (0.98**-2, 1.3**-2), 0))
    from_tip = points - (0.0, 0.26)
    nose = 0.2 * np.exp(-(from_tip * from_tip) @ (0.11**-2, 0.16**-2))
    return np.asarray(head + nose)


@dataclass(frozen=True)
class View:
    """Places points of a face on a canvas.

    A face unit is half the height of the head. The origin lies in the middle of the face,
    x to the right of the image, y down; the chin of a closed mouth is at y = 1.

    Attributes:
        unit_px: Pixels to one face unit.
        origin_px: x and y of the origin on the canvas.
        pose: How the head is turned.
        is_flat: Ignore the pose: for the body, which stays upright.
    """

    unit_px: float
    origin_px: tuple[float, float]
    pose: Pose = field(default_factory=Pose)
    is_flat: bool = False

    def place(self, points: Floats) -> Floats:
        """Give the pixels, (n, 2), of points in face units."""
        if self.is_flat:
            return np.asarray(points * self.unit_px + self.origin_px)
        turn, shift = self._turn
        return np.asarray(np.column_stack([points, depth(points)]) @ turn + shift)

    @cached_property
    def _turn(self) -> tuple[Floats, Floats]:
        """Give the (3, 2) matrix and the shift that take x, y and depth to pixels."""
        yaw, pitch, roll = np.radians([self.pose.yaw, self.pose.pitch, self.pose.roll])
        turned = np.array([(np.cos(yaw), 0), (0, np.cos(pitch)), (np.sin(yaw), np.sin(pitch))])
        rolled = np.array([(np.cos(roll), np.sin(roll)), (-np.sin(roll), np.cos(roll))])
        neck = np.array([0.0, _NECK_Y])
        return turned @ rolled * self.unit_px, (
            neck - neck @ rolled
        ) * self.unit_px + self.origin_px
