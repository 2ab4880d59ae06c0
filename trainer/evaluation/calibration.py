"""How far the probability of a predicted label is how often it is right."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from db.run_folder.figures import CalibrationBin

BINS: Final = 15


def calibration_bins(
    confidence: NDArray[np.floating], is_right: NDArray[np.bool_]
) -> tuple[CalibrationBin, ...]:
    """Put faces in bins of equal width by the probability of their predicted label.

    Source: Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural
    networks", with its 15 bins.

    Args:
        confidence: That probability, in [0, 1], shape (n,).
        is_right: Whether the predicted label is the true one, shape (n,).

    Returns:
        The bins that hold a face, in order; a bin holds its upper end.
    """
    numbers = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    return tuple(
        CalibrationBin(
            low=float(number / BINS),
            high=float((number + 1) / BINS),
            faces=int((numbers == number).sum()),
            confidence=float(confidence[numbers == number].mean()),
            accuracy=float(is_right[numbers == number].mean()),
        )
        for number in np.unique(numbers)
    )


def calibration_error(bins: tuple[CalibrationBin, ...]) -> float:
    """Average the gap between confidence and accuracy over the faces (ECE, Guo et al. 2017).

    Example:
        Ten faces at .9 of which eight are right, and ten at .6 of which six are.

        >>> bins = (CalibrationBin(8 / 15, 9 / 15, 10, 0.6, 0.6),
        ...         CalibrationBin(13 / 15, 14 / 15, 10, 0.9, 0.8))
        >>> round(calibration_error(bins), 6)
        0.05
    """
    faces = sum(one.faces for one in bins)
    return sum(one.faces * abs(one.accuracy - one.confidence) for one in bins) / faces
