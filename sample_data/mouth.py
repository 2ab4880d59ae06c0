"""The mouth: lips, teeth and tongue."""

from dataclasses import dataclass

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import Floats, darker, ellipse, lighter, mix, moved, rgb
from sample_data.expressions import ActionUnits
from sample_data.subjects import Subject

_TEETH = rgb(244, 240, 230)
_INSIDE = rgb(74, 22, 26)
_ACROSS = np.linspace(-1, 1, 33)


@dataclass(frozen=True)
class Mouth:
    """Four edges, each (33, 2) from the left corner of the image to the right.

    Attributes:
        top: Upper edge of the upper lip.
        upper: Lower edge of the upper lip.
        lower: Upper edge of the lower lip.
        bottom: Lower edge of the lower lip.
        gap: Greatest distance between the lips, in face units.
    """

    top: Floats
    upper: Floats
    lower: Floats
    bottom: Floats
    gap: float

    @property
    def opening(self) -> Floats:
        """Give the closed shape between the lips."""
        return np.concatenate([self.upper, self.lower[::-1]])

    @property
    def lips(self) -> Floats:
        """Give the closed shape of both lips and what lies between."""
        return np.concatenate([self.top, self.bottom[::-1]])


def _corners(subject: Subject, units: ActionUnits) -> tuple[float, Floats]:
    """Give the half-width of the mouth and how far each corner lies below its middle."""
    half = 0.262 * subject.mouth_width
    half += 0.085 * units.lip_corner_puller + 0.075 * units.lip_stretcher
    half -= 0.05 * units.lip_tightener + 0.09 * units.jaw_drop + 0.01 * units.nose_wrinkler
    fall = -0.12 * units.lip_corner_puller + 0.085 * units.lip_corner_depressor
    fall += 0.035 * units.lip_stretcher + 0.012 * units.lip_tightener - 0.006
    return half, np.array([1 - units.skew, 1 + units.skew]) * fall


def mouth_shape(subject: Subject, units: ActionUnits) -> Mouth:
    """Shape the lips as the action units say."""
    t = _ACROSS
    half, falls = _corners(subject, units)
    raised = 0.05 * units.nose_wrinkler + 0.02 * units.lip_corner_puller * units.lips_part
    raised += 0.02 * units.lip_corner_depressor - 0.012 * units.lip_corner_puller
    gap = 0.31 * units.jaw_drop + 0.115 * units.lips_part + 0.062 * units.lower_lip_depressor
    # depressed corners turn down at their ends, pulled ones bow the whole mouth
    power = 2.6 if units.lip_corner_depressor > units.lip_corner_puller + 0.3 else 1.9
    bow = np.where(t < 0, falls[0], falls[1]) * np.abs(t) ** power
    roundness = (
        1 - np.abs(t) ** (2.0 if units.lip_corner_puller + units.jaw_drop > 0.3 else 2.6)
    ) ** 0.8
    shut_y = 0.595 - raised
    upper = shut_y + bow - (0.2 + 0.1 * units.jaw_drop) * gap * roundness
    lower = shut_y + bow + (0.8 - 0.1 * units.jaw_drop) * gap * roundness
    thin = 1 - 0.62 * units.lip_tightener - 0.25 * units.lip_corner_puller
    thin = max(thin - 0.25 * units.lip_stretcher, 0.3) * subject.lip_fullness
    cupid = 1 - 0.28 * np.exp(-((t / 0.13) ** 2))
    top = upper - 0.066 * thin * (1 - np.abs(t) ** 1.7) * cupid
    pout = 1 + 0.25 * units.lower_lip_depressor + 0.2 * units.lip_corner_depressor
    bottom = lower + 0.088 * thin * pout * (1 - np.abs(t) ** 2.2)
    x = half * t
    edges = [np.stack([x, y], axis=1) for y in (top, upper, lower, bottom)]
    return Mouth(edges[0], edges[1], edges[2], edges[3], float(gap))


def _lip_colour(subject: Subject) -> Floats:
    """Redden the skin, more so for painted lips."""
    red = rgb(182, 58, 66)
    return mix(darker(subject.skin, 0.86), red, 0.3 + 0.28 * subject.feminine)


def _draw_inside(brush: Brush, mouth: Mouth, units: ActionUnits) -> None:
    """Draw the dark of an open mouth, its teeth and its tongue."""
    opening = mouth.opening
    brush.fill(opening, colour=_INSIDE)
    bottom_y = float(mouth.lower[16, 1])
    tongue = ellipse(0.0, bottom_y + 0.01, 0.13, 0.3 * mouth.gap + 0.01)
    brush.fill(tongue, colour=rgb(186, 84, 84), opacity=0.9, blur=0.02, within=opening)
    smiling = units.lip_corner_puller
    upper_teeth = min(mouth.gap * (0.42 + 0.4 * smiling), 0.085)
    upper_teeth *= 1 - max(0.45 * units.lower_lip_depressor, 0.62 * min(units.jaw_drop, 1))
    row = np.concatenate([moved(mouth.upper, 0, -0.05), moved(mouth.upper, 0, upper_teeth)[::-1]])
    brush.fill(row, colour=_TEETH, blur=0.005, within=opening)
    if units.lower_lip_depressor > 0.3 or units.lip_stretcher > 0.5:
        height = 0.034 * max(units.lower_lip_depressor, 0.8 * units.lip_stretcher)
        row = np.concatenate([moved(mouth.lower, 0, -height), moved(mouth.lower, 0, 0.05)[::-1]])
        brush.fill(row, colour=darker(_TEETH, 0.92), blur=0.005, within=opening)
    gaps = [
        np.array([(x, mouth.upper[16, 1] - 0.1), (x, mouth.upper[16, 1] + upper_teeth - 0.005)])
        for x in (-0.15, -0.1, -0.05, 0.0, 0.05, 0.1, 0.15)
    ]
    brush.stroke(*gaps, width=0.008, colour=rgb(150, 130, 120), opacity=0.4, within=opening)
    shadow = moved(mouth.upper, 0, 0.008)
    brush.stroke(shadow, width=0.05, colour=_INSIDE, opacity=0.45, blur=0.012, within=opening)


def draw_mouth(brush: Brush, subject: Subject, units: ActionUnits) -> None:
    """Draw lips and, between parted ones, the inside."""
    mouth = mouth_shape(subject, units)
    colour = _lip_colour(subject)
    line = darker(colour, 0.38)
    upper_lip = np.concatenate([mouth.top, mouth.upper[::-1]])
    lower_lip = np.concatenate([mouth.lower, mouth.bottom[::-1]])
    under = moved(mouth.bottom[9:-9], 0, 0.035)
    brush.stroke(under, width=0.05, colour=darker(subject.skin, 0.5), opacity=0.4, blur=0.018)
    brush.fill(mouth.lips, colour=colour, opacity=0.5, blur=0.008)
    brush.fill(upper_lip, colour=darker(colour, 0.82), opacity=0.95)
    brush.fill(lower_lip, colour=colour, opacity=0.95)
    shine = (0.65 * mouth.lower + 0.35 * mouth.bottom)[9:-9]
    brush.stroke(shine, width=0.03, colour=lighter(colour, 0.6), opacity=0.5, blur=0.012)
    if mouth.gap > 0.02:
        _draw_inside(brush, mouth, units)
    for edge in (mouth.upper, mouth.lower):
        brush.stroke(edge, width=0.02, colour=line, opacity=0.85, blur=0.003)
    ends = mouth.upper[[0, -1]].tolist()
    corners = [ellipse(x, y, 0.016, 0.014) for x, y in ends]
    brush.fill(*corners, colour=line, opacity=0.6, blur=0.009)
