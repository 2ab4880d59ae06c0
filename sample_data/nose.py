"""The nose and, when it is wrinkled, its wrinkles."""

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import Floats, darker, ellipse, lighter, mirrored, smooth
from sample_data.expressions import ActionUnits
from sample_data.head import Light
from sample_data.subjects import Subject


def wing_top(subject: Subject, units: ActionUnits) -> Floats:
    """Give where the wing of the nose meets the cheek, right side of the image, (2,)."""
    x = 0.125 * subject.nose_width + 0.02 * units.nose_wrinkler + 0.01 * units.lip_corner_puller
    y = 0.3 * subject.nose_length - 0.045 * units.nose_wrinkler
    return np.array([x, y])


def draw_nose(brush: Brush, subject: Subject, units: ActionUnits, light: Light) -> None:
    """Draw wings, nostrils, the shadow below and beside, and the shine on the tip."""
    wing_x, wing_y = wing_top(subject, units)
    base_y = 0.385 * subject.nose_length - 0.04 * units.nose_wrinkler
    shade = darker(subject.skin, 0.42)
    away = -1 if light.x > 0 else 1
    flank = smooth([(0.075, -0.17), (0.055, 0.0), (0.075, 0.18), (0.1, 0.28)]) * (away, 1)
    brush.stroke(flank, width=0.07, colour=shade, opacity=0.3, blur=0.025)
    under = smooth([(-wing_x, base_y - 0.03), (0.0, base_y + 0.022), (wing_x, base_y - 0.03)])
    brush.stroke(under, width=0.06, colour=shade, opacity=0.42, blur=0.016)
    wing = smooth(
        [
            (wing_x - 0.022, wing_y - 0.025),
            (wing_x + 0.012, wing_y + 0.03),
            (wing_x - 0.015, base_y - 0.012),
        ]
    )
    brush.stroke(wing, mirrored(wing), width=0.026, colour=shade, opacity=0.7, blur=0.007)
    nostril = ellipse(0.56 * wing_x, base_y - 0.012, 0.036, 0.016 + 0.006 * units.nose_wrinkler)
    brush.fill(
        nostril, mirrored(nostril), colour=darker(subject.skin, 0.2), opacity=0.85, blur=0.007
    )
    tip = ellipse(-away * 0.02, 0.265 * subject.nose_length, 0.034, 0.026)
    brush.fill(tip, colour=lighter(subject.skin, 0.7), opacity=0.5, blur=0.02)
    _draw_wrinkles(brush, subject, units)


def _draw_wrinkles(brush: Brush, subject: Subject, units: ActionUnits) -> None:
    """Draw the lines over the bridge that AU 9 makes."""
    strength = min(units.nose_wrinkler, 1.0)
    if strength < 0.2:
        return
    across = [
        smooth([(-0.075, y - 0.02), (0.0, y + 0.014), (0.075, y - 0.02)])
        for y in (-0.17, -0.115, -0.06)
    ]
    slanted = [
        smooth([(0.06, y), (0.1, y + 0.035), (0.125, y + 0.085)]) for y in (-0.06, 0.0, 0.06)
    ]
    lines = across + slanted + [mirrored(line) for line in slanted]
    brush.stroke(
        *lines, width=0.026, colour=darker(subject.skin, 0.4), opacity=0.75 * strength, blur=0.006
    )
