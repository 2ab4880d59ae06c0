"""A scarf around face and neck, worn instead of hair."""

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import Floats, both_sides, darker, lighter, mix, rgb, smooth, smooth_closed
from sample_data.hair_styles import HairStyle
from sample_data.head import temple_width
from sample_data.subjects import Subject


def _wrap(style: HairStyle, width: float) -> Floats:
    """Give the outer edge of the cloth, from the crown to the shoulders."""
    right = [
        (0.0, -1.02 - style.volume),
        (0.55, -0.92 - 0.6 * style.volume),
        (width + 0.12, -0.35),
        (width + 0.1, 0.3),
        (0.72, 0.85),
        (0.85, 1.35),
        (0.4, 1.62),
    ]
    return smooth_closed(both_sides(np.array(right)))


def _opening(width: float) -> Floats:
    """Give the edge of the cloth around the face."""
    right = [
        (0.0, -0.71),
        (0.45, -0.6),
        (width - 0.05, -0.2),
        (width - 0.06, 0.3),
        (0.46, 0.78),
        (0.2, 1.02),
        (0.0, 1.05),
    ]
    return smooth_closed(both_sides(np.array(right)))


def draw_scarf(brush: Brush, subject: Subject, style: HairStyle) -> None:
    """Draw the cloth, its folds under the chin and its shine over the forehead."""
    cloth = mix(subject.clothes, rgb(230, 215, 205), 0.35)
    width = temple_width(subject)
    wrap, opening = _wrap(style, width), _opening(width)
    ring = np.concatenate([wrap, wrap[:1], opening[:1], opening[::-1]])
    brush.fill(ring, colour=cloth)
    rim = np.vstack([opening, opening[:1]])
    brush.stroke(rim, width=0.05, colour=darker(cloth, 0.5), opacity=0.5, blur=0.02)
    folds = [
        smooth([(0.68, 0.1 + y), (0.5, 0.75 + y), (0.05, 1.12 + y)]) for y in (0.12, 0.27, 0.42)
    ]
    brush.stroke(*folds, width=0.05, colour=darker(cloth, 0.6), opacity=0.5, blur=0.02)
    arc = smooth([(-0.5, -0.88), (-0.1, -1.06), (0.35, -0.98)])
    brush.stroke(arc, width=0.1, colour=lighter(cloth, 0.5), opacity=0.4, blur=0.04)
