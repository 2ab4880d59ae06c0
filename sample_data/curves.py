"""Curves and colours: the arithmetic under every shape of a face."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
"""Points (n, 2) in face units, a colour (3,) or a picture, all float."""

_CATMULL_ROM = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2


@lru_cache(maxsize=256)
def _smoothing(n_points: int, steps: int, is_closed: bool) -> Floats:
    """Give the matrix that turns corner points into points on a Catmull-Rom curve."""
    fractions = np.arange(steps) / steps
    powers = np.stack([fractions**power for power in range(4)], axis=1)
    weights = powers @ _CATMULL_ROM
    n_pieces = n_points if is_closed else n_points - 1
    matrix = np.zeros((n_pieces * steps + (not is_closed), n_points))
    for piece in range(n_pieces):
        around = np.arange(piece - 1, piece + 3)
        around = around % n_points if is_closed else around.clip(0, n_points - 1)
        for column, corner in enumerate(around):
            matrix[piece * steps : (piece + 1) * steps, corner] += weights[:, column]
    if not is_closed:
        matrix[-1, -1] = 1
    return matrix


def smooth(points: Floats | Sequence[tuple[float, float]], *, steps: int = 6) -> Floats:
    """Run a smooth open curve through points, `steps` points to a piece."""
    corners = np.asarray(points, float)
    return np.asarray(_smoothing(len(corners), steps, False) @ corners)


def smooth_closed(points: Floats | Sequence[tuple[float, float]], *, steps: int = 6) -> Floats:
    """Run a smooth closed curve through points, `steps` points to a piece."""
    corners = np.asarray(points, float)
    return np.asarray(_smoothing(len(corners), steps, True) @ corners)


def ellipse(x: float, y: float, half_width: float, half_height: float) -> Floats:
    """Give 28 points of an upright ellipse."""
    angles = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    return np.stack([x + half_width * np.cos(angles), y + half_height * np.sin(angles)], axis=1)


def mirrored(points: Floats) -> Floats:
    """Mirror points from the right half of a face to the left."""
    return np.asarray(points * (-1.0, 1.0))


def moved(points: Floats, right: float, down: float) -> Floats:
    """Move points by a step in face units."""
    return np.asarray(points + np.array([right, down]))


def both_sides(right_half: Floats) -> Floats:
    """Close a shape from its right half, given from the top middle to the bottom middle."""
    return np.concatenate([right_half, mirrored(right_half)[::-1]])


@lru_cache(maxsize=64)
def _parabolas(count: int) -> Floats:
    """Give the weights of beginning, middle and end, (count, 3), of a parabola."""
    t = np.linspace(0, 1, count)
    return np.stack([(1 - t) * (1 - 2 * t), 4 * t * (1 - t), t * (2 * t - 1)], axis=1)


def ribbon(path: Floats, widths: tuple[float, float, float]) -> Floats:
    """Turn a path into a closed band.

    Args:
        path: (n, 2) points, n at least 2.
        widths: At the beginning, the middle and the end; between them the width runs
            along a parabola.
    """
    along = np.empty_like(path)
    along[1:-1] = path[2:] - path[:-2]
    along[[0, -1]] = path[1] - path[0], path[-1] - path[-2]
    lengths = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
    half = np.maximum(_parabolas(len(path)) @ widths, 0.0) / 2 / lengths
    offset = along[:, ::-1] * (half[:, None] * (-1.0, 1.0))
    return np.concatenate([path + offset, (path - offset)[::-1]])


def rgb(red: float, green: float, blue: float) -> Floats:
    """Give a colour."""
    return np.array([red, green, blue], float)


def mix(colour: Floats, other: Floats, share: float) -> Floats:
    """Move a colour towards another by a share from 0 to 1."""
    return colour + (other - colour) * share


def darker(colour: Floats, factor: float) -> Floats:
    """Darken skin or hair: blue and green go sooner than red, as in real shadows."""
    return np.asarray(colour * (factor, factor**1.18, factor**1.22))


def lighter(colour: Floats, share: float) -> Floats:
    """Move a colour towards a warm white."""
    return mix(colour, rgb(255, 246, 236), share)
