import cv2
import numpy as np
import pytest

from curator.core.duplicates.patch_similarity import MIN_LIKENESS, patch_similarity


def patch(seed: int) -> np.ndarray:
    rough = np.random.default_rng(seed).integers(0, 256, (8, 8), dtype=np.uint8)
    smooth = cv2.resize(rough, (80, 80), interpolation=cv2.INTER_CUBIC)
    fine = np.random.default_rng(seed + 99).integers(-20, 20, (20, 20)).repeat(4, 0).repeat(4, 1)
    return (smooth.astype(int) // 2 + 60 + fine).astype(np.uint8)


def inner(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels[8:72, 8:72])


def moved(pixels: np.ndarray, degrees: float, scale: float, shift_px: float) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D((40, 40), degrees, scale) + np.array([0, 0, shift_px])
    return np.asarray(cv2.warpAffine(pixels, matrix, (80, 80), borderMode=cv2.BORDER_REFLECT))


@pytest.mark.parametrize(
    ("contrast", "brightness"), [(1, 0), (0.5, 90), (0.25, 0), (0.8, 40), (-0.5, 200)]
)
def test_light_and_contrast_do_not_count_but_a_negative_does(
    contrast: float, brightness: int
) -> None:
    one = inner(patch(1))
    other = (one * contrast + brightness).astype(np.uint8)
    assert (patch_similarity(one, other) >= MIN_LIKENESS) == (contrast > 0)


@pytest.mark.parametrize(
    ("degrees", "scale", "shift_px"),
    [(0, 1, 3), (0, 1, -2.5), (5, 1, 0), (0, 1.08, 1), (-4, 0.94, 1)],
)
def test_a_small_move_turn_and_scale_do_not_count(
    degrees: float, scale: float, shift_px: float
) -> None:
    one, other = inner(patch(1)), inner(moved(patch(1), degrees, scale, shift_px))
    assert patch_similarity(one, other) >= MIN_LIKENESS
    assert patch_similarity(other, one) >= MIN_LIKENESS


def test_a_line_of_text_does_not_count() -> None:
    one = inner(patch(1))
    other = one.copy()
    cv2.putText(other, "AGE", (12, 36), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 255, 1)
    assert patch_similarity(one, other) >= MIN_LIKENESS


@pytest.mark.parametrize("seed", range(2, 12))
def test_other_patches_are_not_alike(seed: int) -> None:
    assert patch_similarity(inner(patch(1)), inner(patch(seed))) < 0.6


def test_a_flat_patch_is_like_nothing() -> None:
    flat = np.full((64, 64), 7, np.uint8)
    assert patch_similarity(flat, flat) == 0
    assert patch_similarity(inner(patch(1)), flat) == 0


def test_the_same_light_with_other_details_is_not_alike() -> None:
    one, noise = inner(patch(1)), np.random.default_rng(5).integers(-30, 30, (16, 16))
    smooth = cv2.GaussianBlur(one, (0, 0), 4).astype(int)
    other = (smooth + noise.repeat(4, 0).repeat(4, 1)).clip(0, 255).astype(np.uint8)
    assert patch_similarity(one, other) < 0.6
