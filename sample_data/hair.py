"""Hair: what lies behind the head, and what lies before it."""

import numpy as np

from sample_data.canvas import Brush
from sample_data.curves import (
    Floats,
    both_sides,
    darker,
    ellipse,
    lighter,
    mirrored,
    moved,
    smooth,
    smooth_closed,
)
from sample_data.expressions import ActionUnits
from sample_data.hair_styles import SCARF, STYLES, HairStyle
from sample_data.head import Light, outline, temple_width
from sample_data.scarf import draw_scarf
from sample_data.subjects import Subject


def _curled(edge: Floats, height: float) -> Floats:
    """Push an edge in and out along itself."""
    if not height:
        return edge
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(edge, axis=0).T))])
    wave = 1 + height * (2 * np.abs(np.sin(along * 11)) - 1)
    return np.asarray(edge * wave[:, None])


def _outer_edge(style: HairStyle, width: float) -> Floats:
    """Give the edge over the head, from the left ear over the top to the right one."""
    right = np.array(
        [
            (0.0, -1.02 - style.volume),
            (0.46 * width / 0.745, -0.93 - 0.85 * style.volume),
            (width + 0.4 * style.side, -0.6 - 0.3 * style.volume),
            (width + 0.03 + style.side, -0.2),
            (width + 0.01 + style.side, style.ends_y),
        ]
    )
    over = np.concatenate([mirrored(right)[:0:-1], right])
    return _curled(smooth(over, steps=16 if style.curl else 8), style.curl)


def _front(style: HairStyle, width: float) -> Floats:
    """Give the closed shape of the hair before the head."""
    line = np.array(style.hairline) * (width / 0.745, 1)
    right_end = np.array([(width - 0.012, -0.1), (width - 0.01, style.ends_y)])
    inner = np.concatenate([mirrored(right_end)[::-1], line, right_end])
    return np.concatenate([_outer_edge(style, width), smooth(inner, steps=5)[::-1]])


def draw_back_hair(brush: Brush, subject: Subject) -> None:
    """Draw what falls behind the neck, and a bun."""
    style = STYLES.get(subject.hair_style)
    if style is None or subject.hair_style == SCARF:
        return
    width = temple_width(subject)
    if style.has_bun:
        brush.fill(ellipse(0.0, -1.2, 0.3, 0.25), colour=subject.hair)
        arc = smooth([(-0.2, -1.22), (0.0, -1.32), (0.2, -1.22)])
        brush.stroke(arc, width=0.07, colour=lighter(subject.hair, 0.35), opacity=0.5, blur=0.02)
    if style.back_y is None:
        return
    right = np.array(
        [
            (0.0, -1.0),
            (width, -0.6),
            (width + 0.05 + style.side, 0.0),
            (style.back_width + 0.5 * style.side, 0.6 * style.back_y),
            (style.back_width - 0.08, style.back_y),
            (0.3, style.back_y + 0.05),
        ]
    )
    shape = _curled(smooth_closed(both_sides(right), steps=16), style.curl)
    brush.fill(shape, colour=darker(subject.hair, 0.94))
    behind = ellipse(0.0, 0.75, 0.62, 0.6)
    brush.fill(behind, colour=darker(subject.hair, 0.45), opacity=0.75, blur=0.12, within=shape)


def _straight_strands(width: float, style: HairStyle) -> list[Floats]:
    """Give lines that follow the skull from the crown to the hairline."""
    strands = []
    for angle in np.linspace(-1.45, 1.45, 15):
        crown = np.array([0.3 * np.sin(angle), -1.0 - style.volume])
        tip = np.array([width * 1.02 * np.sin(angle), -0.1 - 0.75 * np.cos(angle)])
        bulge = (crown + tip) / 2 + np.array([0.17 * np.sin(angle), -0.1])
        strands.append(smooth(np.stack([crown, bulge, tip])))
    return strands


def _curls(width: float, style: HairStyle) -> list[Floats]:
    """Give small hooks all over the hair."""
    hooks = []
    for row in range(3):
        radius = 0.9 - 0.1 * row + 0.5 * style.volume
        for angle in np.linspace(-1.7, 1.7, 15 - 2 * row) + 0.07 * row:
            x, y = radius * width / 0.745 * 0.86 * np.sin(angle), -0.22 - radius * np.cos(angle)
            hooks.append(smooth([(x - 0.05, y), (x - 0.01, y - 0.045), (x + 0.05, y + 0.02)]))
    return hooks


def _draw_strands(brush: Brush, subject: Subject, style: HairStyle, light: Light) -> None:
    """Draw shine and strands that follow the skull from crown to hairline."""
    width = temple_width(subject)
    front = _front(style, width)
    strands = _curls(width, style) if style.curl else _straight_strands(width, style)
    colour = darker(subject.hair, 0.6)
    brush.stroke(*strands, width=0.02, colour=colour, opacity=0.38, blur=0.006, within=front)
    x = 0.25 if light.x > 0 else -0.25
    y = -0.88 - 0.45 * style.volume
    shine = smooth([(x - 0.32, y + 0.09), (x, y - 0.03), (x + 0.32, y + 0.09)])
    bright = lighter(subject.hair, 0.45)
    brush.stroke(shine, width=0.16, colour=bright, opacity=0.42, blur=0.035, within=front)


def draw_front_hair(brush: Brush, subject: Subject, light: Light) -> None:
    """Draw what lies before the head: hair, a scarf, or nothing."""
    style = STYLES.get(subject.hair_style)
    if style is None:
        return
    if subject.hair_style == SCARF:
        draw_scarf(brush, subject, style)
        return
    width = temple_width(subject)
    front = _front(style, width)
    line = smooth(np.array(style.hairline) * (width / 0.745, 1))
    shadow = darker(subject.skin, 0.4)
    brush.stroke(moved(line, 0, 0.03), width=0.09, colour=shadow, opacity=0.35, blur=0.03)
    if style.is_sheer:
        skull = outline(subject, ActionUnits())
        brush.fill(front, colour=subject.hair, opacity=0.62, blur=0.03, within=skull)
        return
    brush.fill(front, colour=subject.hair, blur=0.006)
    _draw_strands(brush, subject, style, light)
