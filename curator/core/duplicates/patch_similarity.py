"""How far two faces are the same picture, pixel by pixel."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

MIN_LIKENESS = 0.93
"""From here on two faces are the same picture, where their crops or their images hash alike.
Chosen on copies of photos and on other photos of the same people, as the next one;
docs/duplicates.md has the figures."""

MIN_LIKENESS_BY_LOOK = 0.96
"""The same where only the middles of the faces look alike, and nothing around them tells."""

_MARGIN_PX = 8
"""What is cut off around a patch: in a copy the picture may end there."""

_COARSE = 2
_COARSE_ENOUGH = 0.7
_ECC_BLUR_PX, _ECC_STEPS, _ECC_SMALLEST_STEP = 5, 30, 1e-3

_MOST_SCALE, _MOST_SHEAR, _LEAST_UPRIGHT = 1.3, 1.2, 0.7

_FINE_PX, _BROAD_PX = 0.5, 3.0
_WINDOW_PX = 9
_NOISE_SHARE, _ROUNDING = 0.03, 0.1
_LEAST_COMMON = 0.5
_QUANTILE = 0.6

_Map = NDArray[np.float32]


def patch_similarity(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Compare two patches pixel by pixel once the first is laid upon the second.

    It is first moved, turned, scaled and sheared to where it fits best (Evangelidis and
    Psarakis 2008, "Parametric image alignment using enhanced correlation coefficient
    maximization"), since the landmarks of a copy never lie at quite the same place. Then both
    are left with details of a few pixels, and compared by normalised correlation in a window
    around each pixel: light and contrast do not count, not even where they change across the
    face, while another moment's mouth or another person's brow does. What counts is the
    correlation that two fifths of the windows exceed, by how much there is to see in them, so
    that a line of text across a face does not.

    Args:
        one: uint8 (64, 64), grey, as `curator.core.duplicates.patch_embedding.patch` cuts it.
        other: The same.

    Returns:
        Up to 1, the same but for light; 0 where nothing fits, and for a flat patch.
    """
    inner = np.ascontiguousarray(one[_MARGIN_PX:-_MARGIN_PX, _MARGIN_PX:-_MARGIN_PX])
    to_other = _registered(inner, other)
    if to_other is None:
        return 0.0
    laid = _laid(other, to_other, inner.shape[0], cv2.INTER_LINEAR)
    common = _laid(np.ones_like(other), to_other, inner.shape[0], cv2.INTER_NEAREST)
    if common.mean() < _LEAST_COMMON:
        return 0.0
    return _usual_correlation(_details(inner), _details(laid), common.astype(np.float32))


def _laid(other: NDArray[np.uint8], to_other: _Map, side_px: int, how: int) -> NDArray[np.uint8]:
    back = how | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(other, to_other, (side_px, side_px), flags=back), np.uint8)


def _registered(inner: NDArray[np.uint8], other: NDArray[np.uint8]) -> _Map | None:
    """Find the (2, 3) affine map from one patch to the other, first on small copies of them."""
    start = np.eye(2, 3, dtype=np.float32)
    start[:, 2] = _MARGIN_PX / _COARSE
    coarse = _fitted(_shrunk(inner), _shrunk(other), start)
    if coarse is None or coarse[0] < _COARSE_ENOUGH:
        return None
    coarse[1][:, 2] *= _COARSE
    fine = _fitted(inner, other, coarse[1])
    return None if fine is None or not _is_small(fine[1]) else fine[1]


def _is_small(to_other: _Map) -> bool:
    """Tell whether a map is one that wrong landmarks can make: hardly larger, hardly sheared."""
    longest, shortest = np.linalg.svd(to_other[:, :2].astype(np.float64), compute_uv=False)
    upright = float(to_other[0, 0]), float(to_other[1, 1])
    is_of_size = shortest >= 1 / _MOST_SCALE and longest <= _MOST_SCALE
    return bool(is_of_size and longest <= _MOST_SHEAR * shortest and min(upright) > _LEAST_UPRIGHT)


def _shrunk(patch: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (patch.shape[1] // _COARSE, patch.shape[0] // _COARSE)
    return np.asarray(cv2.resize(patch, size, interpolation=cv2.INTER_AREA), np.uint8)


def _fitted(
    one: NDArray[np.uint8], other: NDArray[np.uint8], start: _Map
) -> tuple[float, _Map] | None:
    ends = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _ECC_STEPS, _ECC_SMALLEST_STEP)
    mask = np.full_like(other, 255)
    try:
        fit, to_other = cv2.findTransformECC(
            one, other, start, cv2.MOTION_AFFINE, ends, mask, _ECC_BLUR_PX
        )
    except cv2.error:  # its way of saying that the two have nothing to do with each other
        return None
    return float(fit), np.asarray(to_other, np.float32)


def _details(patch: NDArray[np.uint8]) -> NDArray[np.float32]:
    levels = patch.astype(np.float32)
    fine, broad = (cv2.GaussianBlur(levels, (0, 0), sigma) for sigma in (_FINE_PX, _BROAD_PX))
    return np.asarray(fine - broad, np.float32)


def _usual_correlation(
    one: NDArray[np.float32], other: NDArray[np.float32], common: NDArray[np.float32]
) -> float:
    share = np.maximum(_sums(common), 1)
    power, other_power, together = (
        _sums(product * common) / share for product in (one * one, other * other, one * other)
    )
    # Sums of a box filter may fall a little below 0.
    power, other_power = np.maximum(power, 0), np.maximum(other_power, 0)
    # Where there is nothing to see, noise would correlate with noise.
    quality_thresholds = (
        _NOISE_SHARE * float(seen.mean()) + _ROUNDING for seen in (power, other_power)
    )
    noisy, other_noisy = (
        seen + threshold
        for seen, threshold in zip((power, other_power), quality_thresholds, strict=True)
    )
    correlation = together / np.sqrt(noisy * other_noisy)
    counts = (common > 0) & (share > _LEAST_COMMON * _WINDOW_PX**2)
    return _weighted_quantile(correlation[counts], np.sqrt(power * other_power)[counts])


def _sums(values: NDArray[np.float32]) -> NDArray[np.float32]:
    window = (_WINDOW_PX, _WINDOW_PX)
    return np.asarray(cv2.boxFilter(values, cv2.CV_32F, window, normalize=False), np.float32)


def _weighted_quantile(values: NDArray[Any], weights: NDArray[Any]) -> float:
    order = np.argsort(values)
    upto = np.cumsum(weights[order])
    if not len(upto) or upto[-1] < 1e-3:
        return 0.0
    return float(values[order][np.searchsorted(upto, _QUANTILE * upto[-1])])
