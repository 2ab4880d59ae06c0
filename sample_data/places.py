"""Pictures without a face: what a detector must find nothing in."""

from collections.abc import Callable

import numpy as np

from sample_data.backgrounds import exposed, graded, rectangle
from sample_data.canvas import Brush, Canvas
from sample_data.curves import ellipse, rgb, smooth
from sample_data.plan import Kind, Plan, Stream
from sample_data.truth import Drawn
from sample_data.view import View

_WIDTH, _HEIGHT = 480, 320
_ASPECT = _WIDTH / _HEIGHT


def _hills(brush: Brush, rng: np.random.Generator) -> None:
    """Draw hills, paler the farther they are."""
    graded(brush, _ASPECT, rgb(110, 165, 220), rgb(240, 226, 206))
    brush.fill(
        ellipse(rng.uniform(0.3, 1.2), 0.24, 0.07, 0.07), colour=rgb(255, 244, 206), blur=0.01
    )
    for step in range(5):
        y = 0.45 + 0.11 * step
        crest = smooth([(x, y + rng.uniform(-0.06, 0.06)) for x in np.linspace(-0.1, 1.6, 8)])
        hill = np.vstack([crest, [(1.7, 1.1), (-0.2, 1.1)]])
        brush.fill(hill, colour=rgb(126, 158, 150) - step * rgb(14, 8, 20), blur=0.002)


def _building(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a house with rows of windows."""
    graded(brush, _ASPECT, rgb(140, 180, 222), rgb(214, 224, 232))
    brush.fill(rectangle(0.2, 0.12, 1.1, 0.9), colour=rgb(196, 168, 140))
    brush.fill(rectangle(0.16, 0.09, 1.18, 0.05), colour=rgb(120, 92, 80))
    for row in range(4):
        for column in range(7):
            pane = rectangle(0.27 + 0.145 * column, 0.2 + 0.18 * row, 0.08, 0.11)
            brush.fill(pane, colour=rgb(70, 92, 116) * rng.uniform(0.8, 1.6))
    brush.fill(rectangle(0.68, 0.78, 0.14, 0.3), colour=rgb(92, 60, 48))


def _still_life(brush: Brush, rng: np.random.Generator) -> None:
    """Draw three fruits and a vase on a table."""
    graded(brush, _ASPECT, rgb(96, 84, 80), rgb(140, 120, 106))
    brush.fill(rectangle(-0.1, 0.68, 1.8, 0.5), colour=rgb(150, 104, 70), blur=0.004)
    for middle, red, green in ((0.35, 190, 60), (0.56, 214, 150), (0.75, 150, 176)):
        x = middle + rng.uniform(-0.04, 0.04)
        brush.fill(
            ellipse(x + 0.03, 0.79, 0.13, 0.03), colour=rgb(60, 40, 30), opacity=0.6, blur=0.02
        )
        brush.fill(ellipse(x, 0.7, 0.1, 0.1), colour=rgb(red, green, 52))
        brush.fill(ellipse(x - 0.03, 0.66, 0.03, 0.025), colour=rgb(255, 244, 220), blur=0.02)
    vase = smooth([(1.0, 0.3), (1.06, 0.4), (0.94, 0.6), (1.02, 0.8), (1.2, 0.8), (1.28, 0.6)])
    brush.fill(np.vstack([vase, [(1.16, 0.4), (1.22, 0.3)]]), colour=rgb(70, 106, 140))
    brush.fill(ellipse(1.02, 0.6, 0.02, 0.1), colour=rgb(210, 226, 240), opacity=0.6, blur=0.02)


def _sea(brush: Brush, rng: np.random.Generator) -> None:
    """Draw a boat on the sea in the evening."""
    graded(brush, _ASPECT, rgb(240, 170, 120), rgb(250, 220, 180))
    brush.fill(rectangle(-0.1, 0.55, 1.8, 0.6), colour=rgb(60, 104, 134), blur=0.003)
    for _ in range(40):
        x, y = rng.uniform(0, _ASPECT), rng.uniform(0.58, 1.0)
        wave = smooth([(x - 0.08, y), (x, y - 0.008), (x + 0.08, y)])
        brush.stroke(wave, width=0.01, colour=rgb(190, 204, 206), opacity=0.5)
    brush.fill(
        np.array([(0.9, 0.56), (1.12, 0.56), (1.08, 0.6), (0.94, 0.6)]), colour=rgb(80, 52, 44)
    )
    brush.fill(np.array([(1.0, 0.3), (1.0, 0.55), (1.13, 0.54)]), colour=rgb(244, 238, 226))


def _forest(brush: Brush, rng: np.random.Generator) -> None:
    """Draw trunks, thicker the nearer they are."""
    graded(brush, _ASPECT, rgb(190, 206, 180), rgb(96, 116, 74))
    for step in range(26):
        x, width = rng.uniform(0, _ASPECT), 0.015 + 0.0016 * step
        bark = rgb(120, 112, 96) - step * rgb(2.6, 2.8, 2.6)
        brush.fill(rectangle(x, -0.1, width, 0.75 + 0.012 * step), colour=bark, blur=0.002)
    for _ in range(30):
        leaf = ellipse(rng.uniform(0, _ASPECT), rng.uniform(0, 0.3), 0.09, 0.05)
        brush.fill(leaf, colour=rgb(80, 122, 62) * rng.uniform(0.7, 1.2), opacity=0.8, blur=0.012)


_PLACES: tuple[Callable[[Brush, np.random.Generator], None], ...] = (
    _hills,
    _building,
    _still_life,
    _sea,
    _forest,
)


def draw_place(plan: Plan, number: int) -> Drawn:
    """Draw a picture without a face by number from 0; the kinds of place take turns."""
    rng = plan.rng(Stream.IMAGE, number, Kind.PLACE)
    canvas = Canvas(2 * _WIDTH, 2 * _HEIGHT)
    brush = Brush(canvas, View(2 * _HEIGHT, (0.0, 0.0), is_flat=True))
    _PLACES[number % len(_PLACES)](brush, rng)
    planes = canvas.pixels[:3].reshape(3, _HEIGHT, 2, _WIDTH, 2).mean(axis=(2, 4))
    return Drawn(exposed(planes, rng), ())
