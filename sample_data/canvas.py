"""A canvas with coverage, and a brush that paints soft shapes on it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from sample_data.curves import Floats, ribbon
from sample_data.view import View

_SHIFT = 4  # cv2 takes fixed-point corners: 4 bits place them to 1/16 of a pixel

_SEEN_BLUR_PX = 0.8  # shrinking the drawing blurs as much as a narrower blur would


@dataclass(frozen=True)
class Window:
    """A rectangle of a canvas, in its pixels, already cut to the canvas."""

    left: int
    top: int
    width: int
    height: int

    @property
    def slices(self) -> tuple[slice, slice, slice]:
        """Give the index of this rectangle in an array of planes."""
        return (
            slice(None),
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )


def _window(outlines: Sequence[Floats], margin_px: float, size_wh: tuple[int, int]) -> Window:
    """Bound the outlines and a margin, cut to the canvas."""
    corners = np.concatenate(outlines)
    low = np.maximum(np.floor(corners.min(axis=0) - margin_px), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0) + margin_px) + 1, size_wh).astype(int)
    width, height = np.maximum(high - low, 0)
    return Window(int(low[0]), int(low[1]), int(width), int(height))


def _mask(outlines: Sequence[Floats], window: Window, blur_px: float) -> Floats:
    """Cover the outlines with 1, everything else with 0, softly.

    A wide blur is drawn small and enlarged: it looks the same and costs a tenth.
    """
    shrink = max(1, int(blur_px / 2.5))
    width, height = -(-window.width // shrink) + 1, -(-window.height // shrink) + 1
    mask = np.zeros((height, width), np.uint8)
    for outline in outlines:
        local = (outline - (window.left, window.top)) / shrink
        corners = np.round(local * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [corners], (255,), cv2.LINE_AA, _SHIFT)
    if blur_px > _SEEN_BLUR_PX:
        sigma = blur_px / shrink
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma), np.uint8)
    if shrink > 1:
        grown = cv2.resize(mask, (width * shrink, height * shrink))
        mask = np.asarray(grown, np.uint8)
    return mask[: window.height, : window.width].astype(np.float32) / np.float32(255)


class Canvas:
    """Colour times coverage, and coverage, as float32.

    Attributes:
        pixels: (4, height, width): red, green and blue in 0 to 255 times coverage, and
            coverage in 0 to 1. A plane to a colour: painting it is three times as fast.
    """

    def __init__(self, width: int, height: int) -> None:
        """Begin with nothing painted."""
        self.pixels: Floats = np.zeros((4, height, width), np.float32)

    @property
    def size_wh(self) -> tuple[int, int]:
        """Give width and height in pixels."""
        return self.pixels.shape[2], self.pixels.shape[1]


@dataclass(frozen=True)
class Brush:
    """Paints shapes given in face units onto a canvas, as a view places them."""

    canvas: Canvas
    view: View

    def _placed(self, shapes: Sequence[Floats]) -> list[Floats]:
        """Place several shapes at once, which costs as little as placing one."""
        if len(shapes) == 1:
            return [self.view.place(shapes[0])]
        ends = np.cumsum([len(shape) for shape in shapes[:-1]])
        return np.split(self.view.place(np.concatenate(shapes)), ends)

    def fill(
        self,
        *shapes: Floats,
        colour: Floats,
        opacity: float = 1.0,
        blur: float = 0.0,
        within: Floats | None = None,
    ) -> None:
        """Fill closed shapes with one colour; where they overlap it counts once.

        Args:
            shapes: (n, 2) corners each, in face units.
            colour: (3,) RGB in 0 to 255.
            opacity: From 0 to 1.
            blur: Width of the soft edge, in face units.
            within: Paint inside this closed shape alone.
        """
        if opacity <= 0.01:
            return
        outlines = self._placed(shapes)
        blur_px = blur * self.view.unit_px
        window = _window(outlines, 3 * blur_px + 2, self.canvas.size_wh)
        if not window.width or not window.height:
            return
        mask = _mask(outlines, window, blur_px) * np.float32(opacity)
        if within is not None:
            mask *= _mask([self.view.place(within)], window, 0.0)
        region = self.canvas.pixels[window.slices]
        change = np.append(colour, 1).astype(np.float32)[:, None, None] - region
        change *= mask
        region += change

    def stroke(
        self,
        *paths: Floats,
        width: float,
        colour: Floats,
        opacity: float = 1.0,
        blur: float = 0.0,
        within: Floats | None = None,
    ) -> None:
        """Draw lines that are widest in the middle and end in points.

        Args:
            paths: (n, 2) points each, in face units, joined by straight pieces.
            width: In the middle, in face units.
            colour: (3,) RGB in 0 to 255.
            opacity: From 0 to 1.
            blur: Width of the soft edge, in face units.
            within: Paint inside this closed shape alone.
        """
        ribbons = [ribbon(path, (0.15 * width, width, 0.15 * width)) for path in paths]
        self.fill(*ribbons, colour=colour, opacity=opacity, blur=blur, within=within)

    def cover(self, shape: Floats, paint: Floats) -> None:
        """Fill a closed shape with a picture.

        Args:
            shape: (n, 2) corners in face units.
            paint: (3, height, width) RGB in 0 to 255, as large as the canvas.
        """
        outline = self.view.place(shape)
        window = _window([outline], 2, self.canvas.size_wh)
        mask = _mask([outline], window, 0.0)
        region = self.canvas.pixels[window.slices]
        region[:3] += (paint[window.slices] - region[:3]) * mask
        region[3:] += (1 - region[3:]) * mask
