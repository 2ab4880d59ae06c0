import numpy as np

from curator.core.faces.preprocessing import (
    grey,
    paper_preprocessing,
    rescaled,
    resized,
    standardised,
    without_noise,
)
from tests.core.makers import draw_face


def test_equation_1_takes_the_papers_50_to_180_to_0_to_255() -> None:
    np.testing.assert_allclose(rescaled(np.array([50, 51, 180])), [0, 255 / 130, 255])


def test_equation_1_takes_any_range_to_any_other() -> None:
    assert rescaled(np.array([-1.0, 0.0, 3.0]), 10, 50).tolist() == [10, 20, 50]


def test_equal_values_have_no_range_and_become_the_new_minimum() -> None:
    assert rescaled(np.array([4, 4]), 7, 9).tolist() == [7, 7]


def test_grey_weighs_green_most_and_blue_least() -> None:
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert grey(colours).tolist() == [[76, 150, 29, 255]]


def test_noise_is_a_pixel_unlike_all_around_it_and_an_edge_is_not() -> None:
    image = np.zeros((7, 7), np.uint8)
    image[:, 4:] = 200
    noisy = image.copy()
    noisy[2, 1] = 255
    np.testing.assert_array_equal(without_noise(noisy), image)


def test_standardised_has_mean_0_and_deviation_1() -> None:
    values = standardised(np.array([[0, 50], [100, 250]], np.uint8))
    assert abs(values.mean()) < 1e-12
    assert abs(values.std() - 1) < 1e-12


def test_an_image_of_one_level_is_standardised_to_zeros() -> None:
    assert standardised(np.full((2, 2), 9, np.uint8)).tolist() == [[0, 0], [0, 0]]


def test_small_and_large_images_become_75_px_squares() -> None:
    for shape in ((20, 30), (75, 75), (300, 200)):
        assert resized(np.zeros(shape, np.uint8)).shape == (75, 75)


def test_the_chain_gives_a_75_px_grey_square_that_uses_all_levels() -> None:
    result = paper_preprocessing(draw_face(120))
    assert result.shape == (75, 75)
    assert result.dtype == np.uint8
    assert (result.min(), result.max()) == (0, 255)


def test_the_chain_takes_an_image_of_one_colour() -> None:
    assert paper_preprocessing(np.full((90, 90, 3), 40, np.uint8)).max() == 0
