"""Neck, shoulders and clothes: upright, whatever the head does."""

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import Floats, both_sides, darker, lighter, mirrored, moved, smooth
from sample_data.head import Light
from sample_data.subjects import Subject


def _shoulders(subject: Subject, bottom_y: float) -> Floats:
    """Give the shape of the clothes down to `bottom_y`."""
    breadth = 1.28 - 0.17 * subject.feminine
    right = np.vstack(
        [
            smooth([(0.28, 1.06), (0.46, 1.2), (breadth - 0.2, 1.38), (breadth, 1.75)]),
            [(breadth + 0.08, bottom_y)],
        ]
    )
    return both_sides(right)


def _neckline(subject: Subject) -> Floats:
    """Give the skin that the collar leaves bare."""
    depth = {"crew": 1.32, "vee": 1.6, "shirt": 1.46}[subject.collar]
    right = smooth([(0.37, 1.06), (0.34, 1.18), (0.2, 0.7 * depth + 0.36), (0.0, depth)])
    if subject.collar != "crew":
        right = np.array([(0.37, 1.06), (0.0, depth)])
    return np.concatenate([right, mirrored(right)[::-1]])


def draw_body(brush: Brush, subject: Subject, light: Light, bottom_y: float) -> None:
    """Draw clothes and neck.

    Args:
        bottom_y: Down to where, in face units below the middle of the face.
    """
    clothes, skin = subject.clothes, darker(subject.skin, 0.86)
    shape = _shoulders(subject, bottom_y)
    brush.fill(shape, colour=clothes)
    away = -1 if light.x > 0 else 1
    dark_side = np.array([(0.7, 1.3), (1.5, 1.3), (1.5, bottom_y), (1.0, bottom_y)]) * (away, 1)
    brush.fill(dark_side, colour=darker(clothes, 0.6), opacity=0.5, blur=0.16, within=shape)
    arm = smooth([(0.8, 1.72), (0.86, 2.1), (0.92, bottom_y)])
    brush.stroke(
        arm, mirrored(arm), width=0.05, colour=darker(clothes, 0.5), opacity=0.5, blur=0.02
    )
    half = 0.37 - 0.07 * subject.feminine
    neck = both_sides(
        np.array([(0.0, 0.5), (half, 0.5), (half, 1.04), (half + 0.07, 1.16), (0.0, 1.3)])
    )
    brush.fill(neck, _neckline(subject), colour=skin)
    shadow = smooth([(-0.5, 0.7), (0.0, 1.08), (0.5, 0.7)])
    brush.stroke(
        shadow, width=0.42, colour=darker(subject.skin, 0.5), opacity=0.6, blur=0.06, within=neck
    )
    _draw_collar(brush, subject)


def _draw_collar(brush: Brush, subject: Subject) -> None:
    """Draw the edge of the clothes, or the two wings of a shirt collar."""
    clothes = subject.clothes
    if subject.collar == "shirt":
        wing = np.array([(0.31, 1.02), (0.45, 1.16), (0.32, 1.54), (0.02, 1.44)])
        brush.fill(wing, mirrored(wing), colour=lighter(clothes, 0.22))
        edges = [np.vstack([wing[1:], wing[:1]]), mirrored(np.vstack([wing[1:], wing[:1]]))]
    else:
        edge = _neckline(subject)
        edges = [moved(edge, 0, 0.01)]
    brush.stroke(*edges, width=0.05, colour=darker(clothes, 0.55), opacity=0.6, blur=0.01)
