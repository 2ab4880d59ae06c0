"""The head: its outline, and skin lit by a lamp."""

from dataclasses import dataclass

import cv2
import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import (
    Floats,
    both_sides,
    darker,
    ellipse,
    lighter,
    mirrored,
    mix,
    rgb,
    smooth,
    smooth_closed,
)
from sample_data.expressions import ActionUnits
from sample_data.subjects import Subject
from sample_data.view import View

_SHRINK = 4  # relief has no fine detail: a sixteenth of the pixels says it all
_JAW_DROP = 0.19


@dataclass(frozen=True)
class Light:
    """A lamp.

    Attributes:
        x: From -1 (shining from the left) to 1.
        y: From -1 (from above) to 1.
        hardness: How much darker the side away from it is, about 0.3 to 1.
        warmth: From -1 (bluish) to 1 (yellowish).
    """

    x: float = -0.4
    y: float = -0.5
    hardness: float = 0.6
    warmth: float = 0.0


def temple_width(subject: Subject) -> float:
    """Give the half-width of the head at the eyes, in face units."""
    return 0.745 * subject.face_width


def outline(subject: Subject, units: ActionUnits) -> Floats:
    """Give the closed outline of the head without ears and hair."""
    width, jaw, chin = subject.face_width, subject.jaw, subject.chin
    puffed = 0.02 * units.cheek_raiser
    right = np.array(
        [
            (0.0, -1.02),
            (0.4 * width, -0.95),
            (0.66 * width, -0.66),
            (0.745 * width, -0.25),
            (0.735 * width + puffed, 0.12),
            (0.645 * width * jaw, 0.48),
            (0.46 * width * jaw, 0.77),
            (0.235 * chin, 0.96),
            (0.0, 1.0),
        ]
    )
    drop = _JAW_DROP * units.jaw_drop * np.clip((right[:, 1] - 0.2) / 0.8, 0, 1)
    right[:, 1] += drop
    return smooth_closed(both_sides(right)[:-1], steps=5)


def _bumps(subject: Subject, units: ActionUnits) -> list[tuple[float, ...]]:
    """List the hills and hollows of a face: x, y, two radii and a height, face units."""
    nose, length = subject.nose_width, subject.nose_length
    cheek = 0.05 + 0.05 * max(units.cheek_raiser, 0.5 * units.nose_wrinkler)
    drop = _JAW_DROP * units.jaw_drop
    middle = [
        (0.0, -0.10, 0.06, 0.1, 0.03),
        (0.0, 0.04, 0.06, 0.1, 0.06),
        (0.0, 0.17 * length, 0.07, 0.1, 0.08),
        (0.0, 0.28 * length, 0.095 * nose, 0.075, 0.13),
        (0.0, 0.56, 0.28, 0.17, 0.07),
        (0.0, 0.735 + drop, 0.13, 0.035, -0.03),
        (0.0, 0.87 + drop, 0.16, 0.1, 0.06),
        (0.0, -0.52, 0.36, 0.2, 0.04),
        (0.0, -0.24, 0.07, 0.07, -0.01 - 0.02 * units.brow_lowerer),
    ]
    right = [
        (0.3, -0.25, 0.19, 0.07, 0.045),
        (0.3, -0.05, 0.19, 0.11, -0.08),
        (0.31, -0.02, 0.13, 0.08, 0.035),
        (0.11 * nose, 0.31 * length, 0.05, 0.045, 0.05),
        (0.44, 0.19, 0.17, 0.13, cheek),
        (0.46, 0.52, 0.14, 0.14, -0.03 - 0.03 * subject.age),
    ]
    return middle + right + [(-x, *rest) for x, *rest in right]


def _relief(view: View, subject: Subject, units: ActionUnits, size_wh: tuple[int, int]) -> Floats:
    """Give how far each place of the canvas, shrunk, stands out, in face units."""
    unit = view.unit_px / _SHRINK
    width, height = -(-size_wh[0] // _SHRINK), -(-size_wh[1] // _SHRINK)
    bumps = np.array(_bumps(subject, units))
    middle, *centres = (view.place(np.vstack([(0.0, 0.0), bumps[:, :2]])) / _SHRINK).tolist()
    origin_x, origin_y = view.origin_px[0] / _SHRINK, view.origin_px[1] / _SHRINK
    x = (np.arange(width) - (0.35 * middle[0] + 0.65 * origin_x)) / unit
    y = (np.arange(height) - (0.35 * middle[1] + 0.65 * origin_y)) / unit
    round_x = (x / (0.84 * subject.face_width)) ** 2
    relief = 0.62 * np.sqrt(np.maximum(1 - round_x[None] - ((y[:, None] - 0.02) / 1.2) ** 2, 0.015))
    for (centre_x, centre_y), (_, _, radius_x, radius_y, rise) in zip(centres, bumps, strict=True):
        across = np.exp(-0.5 * ((np.arange(width) - centre_x) / (radius_x * unit)) ** 2)
        down = np.exp(-0.5 * ((np.arange(height) - centre_y) / (radius_y * unit)) ** 2)
        relief += rise * np.outer(down, across)
    return np.asarray(relief)


def lit_skin(
    view: View, subject: Subject, units: ActionUnits, light: Light, size_wh: tuple[int, int]
) -> Floats:
    """Paint skin over the whole canvas as a lamp lights the face.

    Lambert's law on the normals of the relief, between a warm shadow and a bright tone.

    Returns:
        (3, height, width) float32 RGB in 0 to 255.
    """
    relief = _relief(view, subject, units, size_wh)
    down, across = np.gradient(relief, _SHRINK / view.unit_px)
    lamp = np.array([light.x, light.y, 1.15])
    lamp /= np.linalg.norm(lamp)
    facing = (lamp[2] - across * lamp[0] - down * lamp[1]) / np.sqrt(1 + across**2 + down**2)
    tone = np.clip(0.5 + (facing - 0.68) * (0.75 + 0.8 * light.hardness), 0, 1)[..., None]
    shadow = darker(subject.skin, 0.6 - 0.12 * light.hardness)
    bright = lighter(subject.skin, 0.24)
    small = np.where(
        tone < 0.55,
        shadow + (subject.skin - shadow) * (tone / 0.55),
        subject.skin + (bright - subject.skin) * ((tone - 0.55) / 0.45),
    ).astype(np.float32)
    grown = cv2.resize(small, (small.shape[1] * _SHRINK, small.shape[0] * _SHRINK))
    return np.asarray(grown, np.float32)[: size_wh[1], : size_wh[0]].transpose(2, 0, 1)


def draw_ears(brush: Brush, subject: Subject) -> None:
    """Draw both ears; the head covers their inner halves."""
    width, size = temple_width(subject), subject.ear_size
    right = np.array(
        [(0.0, -0.2), (0.07, -0.23), (0.115, -0.14), (0.095, 0.02), (0.06, 0.15), (0.0, 0.18)]
    )
    ear = smooth_closed(right * (size, size) + (width - 0.03, 0.03))
    rim = smooth(right[1:5] * (0.62 * size, 0.7 * size) + (width, 0.03))
    skin = darker(subject.skin, 0.84)
    brush.fill(ear, mirrored(ear), colour=mix(skin, rgb(200, 90, 70), 0.12))
    brush.stroke(
        rim, mirrored(rim), width=0.04, colour=darker(subject.skin, 0.55), opacity=0.6, blur=0.012
    )


def draw_head(brush: Brush, subject: Subject, units: ActionUnits, light: Light) -> None:
    """Draw the lit head with rosy cheeks, still without features."""
    shape = outline(subject, units)
    skin = lit_skin(brush.view, subject, units, light, brush.canvas.size_wh)
    brush.cover(shape, skin)
    cheek = ellipse(0.42, 0.24 - 0.04 * units.cheek_raiser, 0.13, 0.1)
    blush = mix(subject.skin, rgb(206, 74, 68), 0.55)
    brush.fill(
        cheek, mirrored(cheek), colour=blush, opacity=0.22 + 0.12 * subject.feminine, blur=0.08
    )
    rim = np.vstack([shape, shape[:1]])
    brush.stroke(rim, width=0.05, colour=darker(subject.skin, 0.5), opacity=0.28, blur=0.025)
