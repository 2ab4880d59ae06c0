"""A face with what a net looked at, as a picture."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from numpy.typing import NDArray

from trainer.attention.grad_cam import Attention
from trainer.report.pictures import new_figure, png

STRONGEST = 0.6
"""How much of the hottest pixel is heat; the rest still shows the face."""


def overlaid(found: Attention) -> NDArray[np.float64]:
    """Lay the heat over the face.

    Returns:
        RGB in [0, 1], shape (h, w, 3); where there is no heat, the face as it is.
    """
    colours = colormaps["inferno"](found.heat)[..., :3]
    weight = STRONGEST * found.heat[..., np.newaxis]
    return np.asarray((1 - weight) * found.crop / 255 + weight * colours)


def overlay(looks: list[Attention], title: str, rests_on: str) -> bytes:
    """Draw a face by itself, then what speaks for each of some labels, as PNG.

    Args:
        looks: Of the same face, one a label, at least one.
        title: Which face this is and which net looked.
        rests_on: What the run rests on.
    """
    figure = new_figure(2.6 * (1 + len(looks)), 3.3)
    first, *others = figure.subplots(1, 1 + len(looks))
    _show(first, looks[0].crop / 255, "the face")
    for axes, found in zip(others, looks, strict=True):
        _show(axes, overlaid(found), f"for {found.label} ({found.probabilities[found.label]:.2f})")
    figure.suptitle(title, fontsize=10)
    return png(figure, rests_on)


def _show(axes: Axes, picture: NDArray[np.float64], title: str) -> None:
    axes.imshow(picture)
    axes.set_axis_off()
    axes.set_title(title, fontsize=9)
