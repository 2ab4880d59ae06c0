"""Folds and lines that age or a moved muscle draws in the skin."""

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import Floats, darker, mirrored, smooth
from sample_data.expressions import ActionUnits
from sample_data.eyes import eye_shape
from sample_data.mouth import mouth_shape
from sample_data.nose import wing_top
from sample_data.subjects import Subject


def _forehead_lines(subject: Subject, units: ActionUnits) -> tuple[list[Floats], float]:
    """Give level lines of raised brows; bent up in the middle if only the inner ends are."""
    raised = min(units.inner_brow_raiser, 1) * (0.45 + 0.55 * min(units.outer_brow_raiser, 1))
    reach = 0.2 + 0.22 * min(units.outer_brow_raiser, 1)
    bend = -0.035 * units.inner_brow_raiser * (1 - min(units.outer_brow_raiser, 1))
    lines = [
        smooth([(-reach, y), (-0.4 * reach, y + bend), (0.4 * reach, y + bend), (reach, y)])
        for y in (-0.44, -0.505, -0.57)
    ]
    return lines, 0.5 * raised + 0.3 * max(subject.age - 0.4, 0)


def _frown_lines(units: ActionUnits) -> tuple[list[Floats], float]:
    """Give the two upright lines between lowered brows."""
    line = smooth([(0.052, -0.37), (0.04, -0.28), (0.05, -0.2)])
    other = smooth([(0.088, -0.34), (0.083, -0.28), (0.075, -0.23)])
    return [line, mirrored(line), other, mirrored(other)], 0.8 * min(units.brow_lowerer, 1)


def _crows_feet(subject: Subject, units: ActionUnits) -> tuple[list[Floats], float]:
    """Give the rays beside smiling or old eyes."""
    x, y = eye_shape(subject, units).upper[-1]
    rays = [
        smooth([(x + 0.035, y + start), (x + 0.075, y + middle), (x + 0.12, y + end)])
        for start, middle, end in ((-0.01, -0.03, -0.065), (0.015, 0.015, 0.01), (0.04, 0.06, 0.09))
    ]
    strength = 0.5 * min(units.cheek_raiser, 1) + 0.4 * max(subject.age - 0.35, 0)
    return rays + [mirrored(ray) for ray in rays], strength


def _nose_to_mouth(subject: Subject, units: ActionUnits) -> list[Floats]:
    """Give the nasolabial folds, which bow out around a smile or a raised lip."""
    wing_x, wing_y = wing_top(subject, units)
    mouth = mouth_shape(subject, units)
    folds = []
    for side, end in ((1, -1), (-1, 0)):
        corner_x, corner_y = abs(mouth.upper[end, 0]), mouth.upper[end, 1]
        bulge = 0.03 + 0.03 * units.lip_corner_puller + 0.03 * units.nose_wrinkler
        middle_x = (wing_x + corner_x) / 2 + bulge + 0.02
        path = smooth(
            [
                (wing_x + 0.02, wing_y - 0.01),
                (middle_x, (wing_y + corner_y) / 2 - 0.02),
                (corner_x + 0.065, corner_y - 0.02),
                (corner_x + 0.06, corner_y + 0.05),
            ]
        )
        folds.append(path * (side, 1))
    return folds


def _mouth_to_chin(subject: Subject, units: ActionUnits) -> tuple[list[Floats], float]:
    """Give the lines that run down from depressed or old corners of the mouth."""
    mouth = mouth_shape(subject, units)
    lines = []
    for side, end in ((1, -1), (-1, 0)):
        x, y = abs(mouth.upper[end, 0]), mouth.upper[end, 1]
        line = smooth([(x + 0.02, y + 0.015), (x + 0.04, y + 0.07), (x + 0.03, y + 0.14)])
        lines.append(line * (side, 1))
    strength = 0.45 * min(units.lip_corner_depressor, 1) + 0.35 * max(subject.age - 0.4, 0)
    return lines, strength


def draw_folds(brush: Brush, subject: Subject, units: ActionUnits) -> None:
    """Draw every line of the face that is deep enough to see."""
    shade = darker(subject.skin, 0.42)
    for lines, strength in (
        _forehead_lines(subject, units),
        _frown_lines(units),
        _crows_feet(subject, units),
        _mouth_to_chin(subject, units),
    ):
        brush.stroke(*lines, width=0.022, colour=shade, opacity=strength, blur=0.006)
    depth = max(units.lip_corner_puller, 0.95 * units.nose_wrinkler, 0.35 * units.lip_stretcher)
    strength = float(np.clip(0.08 + 0.35 * subject.age + 0.5 * depth, 0, 0.75))
    folds = _nose_to_mouth(subject, units)
    brush.stroke(*folds, width=0.075, colour=shade, opacity=0.5 * strength, blur=0.025)
    brush.stroke(*folds, width=0.024, colour=shade, opacity=strength, blur=0.007)
