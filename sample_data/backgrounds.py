"""What lies behind the faces: studios, lights out of focus, rooms, parks."""

from collections.abc import Callable

import cv2
import numpy as np

from sample_data.canvas import Brush, Canvas
from sample_data.curves import Floats, ellipse, mix, rgb
from sample_data.truth import Picture
from sample_data.view import View

_SHRINK = 4  # drawn small and enlarged, a background is out of focus for nothing


def rectangle(x: float, y: float, width: float, height: float) -> Floats:
    """Give the corners of an upright rectangle from its top left one."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def pastel(rng: np.random.Generator, low: float = 120, high: float = 225) -> Floats:
    """Draw a quiet colour."""
    grey = rng.uniform(low, high)
    return np.clip(grey + rng.normal(0, 10, 3), 0, 255)


def graded(brush: Brush, aspect: float, top: Floats, bottom: Floats) -> None:
    """Fill the canvas from a colour above to a colour below."""
    for step in range(16):
        band = rectangle(-0.1, step / 16, aspect + 0.2, 1.1)
        brush.fill(band, colour=mix(top, bottom, step / 15), blur=0.02 if step else 0.0)


def _studio(brush: Brush, aspect: float, rng: np.random.Generator) -> None:
    """Draw a plain wall with a glow behind the head."""
    colour = pastel(rng)
    brush.fill(rectangle(0, 0, aspect, 1), colour=colour * 0.72)
    glow = ellipse(aspect * rng.uniform(0.3, 0.7), 0.45, 0.42 * aspect, 0.42)
    brush.fill(glow, colour=mix(colour, rgb(255, 255, 255), 0.25), opacity=0.9, blur=0.18)


def _lights(brush: Brush, aspect: float, rng: np.random.Generator) -> None:
    """Draw lamps out of focus in the dark."""
    base = pastel(rng, 50, 120)
    graded(brush, aspect, base * 1.2, base * 0.7)
    for _ in range(12):
        spot = ellipse(*rng.uniform((0, 0), (aspect, 0.9)), *[rng.uniform(0.04, 0.1)] * 2)
        brush.fill(spot, colour=pastel(rng, 170, 240), opacity=rng.uniform(0.15, 0.4), blur=0.01)


def _room(brush: Brush, aspect: float, rng: np.random.Generator) -> None:
    """Draw a wall with a window."""
    wall = pastel(rng, 150, 220)
    graded(brush, aspect, wall, wall * 0.86)
    brush.fill(rectangle(0, 0.84, aspect, 0.2), colour=wall * 0.6, blur=0.01)
    x = rng.uniform(-0.1, 0.25) if rng.random() < 0.5 else aspect - rng.uniform(0.15, 0.5)
    brush.fill(rectangle(x - 0.02, 0.06, 0.38, 0.56), colour=wall * 0.55, blur=0.01)
    brush.fill(rectangle(x, 0.08, 0.34, 0.52), colour=pastel(rng, 170, 240), blur=0.008)
    brush.fill(rectangle(x + 0.16, 0.08, 0.02, 0.52), colour=wall * 0.6, blur=0.008)


def _park(brush: Brush, aspect: float, rng: np.random.Generator) -> None:
    """Draw trees behind a lawn."""
    graded(brush, aspect, rgb(150, 190, 224), rgb(226, 232, 226))
    green = rgb(96, 138, 82) * rng.uniform(0.75, 1.1)
    for _ in range(9):
        tree = ellipse(rng.uniform(0, aspect), rng.uniform(0.45, 0.62), 0.16, 0.2)
        brush.fill(tree, colour=green * rng.uniform(0.7, 1.1), opacity=0.9, blur=0.04)
    brush.fill(rectangle(0, 0.68, aspect, 0.4), colour=green * 1.1, blur=0.03)


_SETTINGS: tuple[Callable[[Brush, float, np.random.Generator], None], ...] = (
    _studio,
    _lights,
    _room,
    _park,
)


def background(rng: np.random.Generator, width: int, height: int) -> Floats:
    """Draw a background, (3, height, width) float32 RGB in 0 to 255."""
    small = Canvas(-(-width // _SHRINK), -(-height // _SHRINK))
    brush = Brush(small, View(height / _SHRINK, (0.0, 0.0), is_flat=True))
    setting = _SETTINGS[rng.integers(len(_SETTINGS))]
    setting(brush, width / height, rng)
    large = [cv2.resize(plane, (width, height)) for plane in small.pixels[:3]]
    return np.asarray(large, np.float32)


def exposed(picture: Floats, rng: np.random.Generator) -> Picture:
    """Turn a drawing into a picture as a camera takes it: a little noise, whole numbers.

    Args:
        picture: (3, height, width) float32 RGB in 0 to 255.
        rng: Decides the noise.
    """
    noise = rng.standard_normal(picture.shape[1:], np.float32) * np.float32(1.6)
    planes = np.clip(picture + noise, 0, 255).astype(np.uint8)
    return np.ascontiguousarray(planes.transpose(1, 2, 0))
