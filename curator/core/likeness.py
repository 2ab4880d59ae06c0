"""How far two crops show the same picture, pixel by pixel."""

import cv2
import numpy as np
import numpy.typing as npt

MIN_LIKENESS = 0.93
"""Two people in one pose hash alike; a pair counts only when its pixels correlate so far."""

SHIFT_PART = 15
"""Crops are compared at shifts of up to their side divided by this."""


def likeness(crop: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """Compare two crops pixel by pixel: their best normalised correlation.

    Light and contrast do not count, nor does a shift of up to a fifteenth of the side,
    which a second detection in a re-saved copy brings. A crop of one flat colour is like
    nothing.

    Args:
        crop: (height, width) uint8, grey.
        other: The same shape.

    Returns:
        From -1 (negative) over 0 (nothing in common) to 1 (the same but for light).
    """
    rows, columns = (side // SHIFT_PART for side in crop.shape)
    middle = crop[rows : crop.shape[0] - rows, columns : crop.shape[1] - columns]
    if not middle.std() or not other.std():
        return 0.0
    matches = cv2.matchTemplate(np.ascontiguousarray(other), middle, cv2.TM_CCOEFF_NORMED)
    return float(matches.max())
