"""Eyes, lids and brows."""

from dataclasses import dataclass

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import (
    Floats,
    darker,
    ellipse,
    lighter,
    mirrored,
    mix,
    moved,
    rgb,
    ribbon,
    smooth,
)
from sample_data.expressions import ActionUnits
from sample_data.head import Light
from sample_data.subjects import Subject

_EYE_Y = -0.03
_WHITE = rgb(240, 237, 232)
_INK = rgb(36, 24, 24)


@dataclass(frozen=True)
class Eye:
    """The right eye of the image, in face units.

    Attributes:
        x: Of its middle.
        upper: Edge of the upper lid, from the inner corner to the outer.
        lower: Edge of the lower lid, likewise.
    """

    x: float
    upper: Floats
    lower: Floats

    @property
    def opening(self) -> Floats:
        """Give the closed shape between the lids."""
        return np.concatenate([self.upper, self.lower[::-1]])


def eye_centre(subject: Subject) -> Floats:
    """Give the middle of the right eye of the image, (1, 2) in face units."""
    return np.array([[0.315 * subject.eye_spacing, _EYE_Y]])


def eye_shape(subject: Subject, units: ActionUnits) -> Eye:
    """Open the lids as the action units say."""
    x = 0.315 * subject.eye_spacing
    half = 0.158 * subject.eye_size
    tight = max(units.lid_tightener, 0.9 * units.nose_wrinkler, 0.85 * units.cheek_raiser)
    up = 0.083 + 0.058 * units.upper_lid_raiser - 0.014 * units.brow_lowerer - 0.016 * tight
    up -= 0.016 * units.lip_corner_depressor * (1 - units.nose_wrinkler) + 0.012 * subject.age
    low = 0.062 - 0.036 * tight + 0.012 * units.upper_lid_raiser
    t = np.linspace(-1, 1, 17)
    tilt = -subject.eye_tilt * t
    upper_y = _EYE_Y + tilt - up * subject.eye_size * (1 - np.abs(t + 0.12 * (1 - t**2)) ** 2.3)
    lower_y = _EYE_Y + tilt + low * subject.eye_size * (1 - np.abs(t - 0.15 * (1 - t**2)) ** 2.2)
    across = x + half * t
    return Eye(x, np.stack([across, upper_y], axis=1), np.stack([across, lower_y], axis=1))


def _draw_iris(brush: Brush, eye: Eye, subject: Subject, light: Light, side: int) -> None:
    """Draw iris, pupil and glint inside the opening."""
    opening = eye.opening * (side, 1)
    x, y = side * eye.x, _EYE_Y - 0.008
    for radius, colour in (
        (0.086, darker(subject.iris, 0.5)),
        (0.074, subject.iris),
        (0.04, rgb(14, 10, 12)),
    ):
        brush.fill(ellipse(x, y, radius, radius), colour=colour, within=opening, blur=0.006)
    lower_glow = ellipse(x, y + 0.045, 0.042, 0.022)
    brush.fill(
        lower_glow, colour=lighter(subject.iris, 0.4), opacity=0.5, blur=0.012, within=opening
    )
    glint = ellipse(x + (0.03 if light.x > 0 else -0.03), y - 0.032, 0.02, 0.022)
    brush.fill(glint, colour=rgb(255, 255, 255), opacity=0.95, blur=0.004, within=opening)


def draw_eyes(brush: Brush, subject: Subject, units: ActionUnits, light: Light) -> None:
    """Draw eyeballs, irises, lids and lashes."""
    eye = eye_shape(subject, units)
    openings = eye.opening, mirrored(eye.opening)
    shade = darker(subject.skin, 0.45)
    socket = ellipse(eye.x, _EYE_Y - 0.05, 0.17, 0.085)
    brush.fill(socket, mirrored(socket), colour=shade, opacity=0.22, blur=0.05)
    brush.fill(*openings, colour=_WHITE)
    for side in (1, -1):
        _draw_iris(brush, eye, subject, light, side)
    lid_shadow = moved(eye.upper, 0, 0.018)
    for side, opening in ((1, openings[0]), (-1, openings[1])):
        brush.stroke(
            lid_shadow * (side, 1),
            width=0.07,
            colour=rgb(70, 50, 52),
            opacity=0.5,
            blur=0.012,
            within=opening,
        )
    _draw_lids(brush, eye, subject, units)


def _draw_lids(brush: Brush, eye: Eye, subject: Subject, units: ActionUnits) -> None:
    """Draw the lash line, the crease above it and the edge of the lower lid."""
    wing = moved(eye.upper[-1], 0.02 + 0.02 * subject.feminine, -0.012 - 0.02 * subject.feminine)
    lash_line = np.vstack([eye.upper, wing])
    lashes = ribbon(lash_line, (0.008, 0.026 + 0.016 * subject.feminine, 0.008))
    brush.fill(lashes, mirrored(lashes), colour=mix(_INK, subject.hair, 0.12), opacity=0.95)
    crease_gap = 0.05 - 0.032 * max(units.upper_lid_raiser, 0.6 * units.brow_lowerer)
    crease = moved(eye.upper * (1.0, 0.9), 0.006, -crease_gap - 0.006)
    shade = darker(subject.skin, 0.42)
    brush.stroke(crease, mirrored(crease), width=0.024, colour=shade, opacity=0.6, blur=0.006)
    brush.stroke(
        eye.lower, mirrored(eye.lower), width=0.016, colour=shade, opacity=0.75, blur=0.004
    )
    bag = moved(eye.lower[2:-2], 0, 0.045 - 0.01 * units.cheek_raiser)
    strength = 0.12 + 0.3 * subject.age + 0.3 * max(units.cheek_raiser, units.lid_tightener)
    brush.stroke(bag, mirrored(bag), width=0.025, colour=shade, opacity=strength, blur=0.01)


def brow_path(subject: Subject, units: ActionUnits) -> Floats:
    """Give the middle line of the right brow of the image, from the inner end out."""
    x = np.array([0.115, 0.22, 0.34, 0.45, 0.53]) * subject.eye_spacing
    y = np.array([-0.232, -0.268, -0.292, -0.282, -0.228])
    arch = np.array([0.0, 0.3, 1.0, 0.8, 0.0]) * -0.02 * (subject.brow_arch - 1)
    inner, outer = np.array([1, 0.7, 0.25, 0.0, 0.0]), np.array([0.05, 0.3, 0.8, 1.0, 0.85])
    lowered = np.array([1, 0.78, 0.45, 0.12, 0.0])
    lower = max(units.brow_lowerer, 0.75 * units.nose_wrinkler)
    # a raised inner end wins over the corrugator, which then only draws the brows together
    pull_down = lower * (1 - 0.9 * min(units.inner_brow_raiser, 1))
    lift = 0.115 * units.inner_brow_raiser * inner + 0.105 * units.outer_brow_raiser * outer
    y = y + arch - lift + 0.112 * pull_down * lowered + 0.012 * subject.age
    x = x - 0.045 * lower * inner
    sag = 0.035 * units.inner_brow_raiser * (1 - min(units.outer_brow_raiser, 1))
    y = y + sag * np.array([0, 0, 0.4, 1, 1])
    return smooth(np.stack([x, y], axis=1))


def draw_brows(brush: Brush, subject: Subject, units: ActionUnits) -> None:
    """Draw both brows: a soft one below, a firm one above it."""
    path = brow_path(subject, units)
    weight = subject.brow_weight
    band = ribbon(path, (0.055 * weight, 0.07 * weight, 0.012))
    colour = mix(darker(subject.hair, 0.75), darker(subject.skin, 0.35), 0.25)
    brush.fill(band, mirrored(band), colour=colour, opacity=0.5, blur=0.014)
    core = ribbon(path, (0.034 * weight, 0.052 * weight, 0.006))
    brush.fill(core, mirrored(core), colour=colour, opacity=0.85, blur=0.005)
