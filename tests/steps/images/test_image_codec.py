import io
from collections.abc import Callable
from functools import partial
from typing import Any

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageOps

from curator.steps.images.image_codec import (
    FORMATS,
    NotAnImageError,
    decoded,
    decoded_small,
    jpeg,
    orientation,
    pixel_sha256,
    png,
)
from curator.steps.images.perceptual_hash import phashes
from tests.core.makers import draw_face

RED, BLUE = (254, 0, 0), (0, 0, 254)


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def red_over_blue() -> Image.Image:
    image = Image.new("RGB", (40, 60), RED)
    image.paste(BLUE, (0, 30, 40, 60))
    return image


def white_bomb() -> bytes:
    return saved(Image.new("1", (30_000, 30_000), 1))


def large_but_no_bomb() -> bytes:
    return saved(Image.new("1", (10_000, 10_000), 1))


BROKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "zero bytes": (lambda: b"", r"^is empty \(0 bytes\)\. Copy it again from where it came from"),
    "text": (lambda: b"not an image\n" * 9, r"^is no image of a kind known here \(JPEG, PNG"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 99, "^is a HEIC image, which cannot be read"),
    "truncated JPEG": (lambda: jpeg(draw_face())[:2000], r"^is damaged or cut short \(.*\)\. Copy"),
    "truncated PNG": (lambda: png(draw_face())[:2000], "^is damaged or cut short"),
    "head only": (lambda: png(draw_face())[:20], "^is damaged|^is no image"),
    "1x1": (lambda: saved(Image.new("RGB", (1, 1))), "^is 1 x 1 px; images need at least 16 px"),
    "bomb": (white_bomb, "^has too many pixels; at most 89,478,485 are taken. Make it smaller"),
    "half a bomb": (large_but_no_bomb, "^has (10,000 x 10,000|too many) pixels; at most"),
    "floating point": (
        lambda: saved(Image.fromarray(np.ones((20, 20), np.float32)), "TIFF"),
        "^holds floating-point pixels. Save it with 8 or 16 bits",
    ),
    "PostScript": (lambda: saved(red_over_blue(), "EPS"), "^is no image of a kind known here"),
}


@pytest.mark.parametrize(("content", "message"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_whole_image_is_refused_with_a_sentence(
    content: Callable[[], bytes], message: str
) -> None:
    with pytest.raises(NotAnImageError, match=message):
        decoded(content())


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "AVIF"])
def test_each_kind_of_file_gives_upright_rgb(kind: str) -> None:
    image_rgb = decoded(saved(red_over_blue(), kind))
    assert image_rgb.shape == (60, 40, 3)
    assert image_rgb.dtype == np.uint8
    np.testing.assert_allclose(image_rgb[5, 5], RED, atol=3)
    np.testing.assert_allclose(image_rgb[55, 5], BLUE, atol=3)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_image_is_turned_upright_by_its_exif_orientation(orientation: int) -> None:
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = draw_face(64)
    image = Image.fromarray(upright)
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = saved(image if turned is None else image.transpose(turned), exif=exif)
    np.testing.assert_array_equal(decoded(content), upright)


@pytest.mark.parametrize("stated", range(10))
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_pixels_are_those_that_pillow_gives(mode: str, stated: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = stated
    content = saved(Image.fromarray(draw_face(64)[:50]).convert(mode), "JPEG", exif=exif)
    with Image.open(io.BytesIO(content)) as image:
        expected = np.array(ImageOps.exif_transpose(image).convert("RGB"))
    image_rgb = decoded(content)
    np.testing.assert_array_equal(image_rgb, expected)
    assert image_rgb.flags.writeable
    assert image_rgb.flags.c_contiguous


@pytest.mark.parametrize(
    ("longest_px", "shape"),
    [
        *((100, (150, 200)), (200, (150, 200)), (201, (300, 400)), (500, (600, 800))),
        *((801, (1200, 1600)), (5000, (1200, 1600))),
    ],
)
def test_a_jpeg_is_decoded_no_larger_than_needed(longest_px: int, shape: tuple[int, int]) -> None:
    content = saved(red_over_blue().resize((1600, 1200)), "JPEG")
    small = decoded_small(content, longest_px)
    assert small.shape == (*shape, 3)
    np.testing.assert_allclose(small[5, 5], RED, atol=3)


def test_a_small_photo_is_upright_too() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = saved(red_over_blue().resize((1600, 1200)), "JPEG", exif=exif)
    small = decoded_small(content, 400)
    assert small.shape == (400, 300, 3)
    np.testing.assert_allclose(small[5, -5], RED, atol=3)


def test_what_is_no_jpeg_is_decoded_as_it_is() -> None:
    np.testing.assert_array_equal(decoded_small(png(draw_face()), 20), draw_face())


def test_a_small_photo_is_refused_as_a_whole_one_is() -> None:
    for decode in (decoded, partial(decoded_small, longest_px=64)):
        with pytest.raises(NotAnImageError, match=r"^is damaged or cut short"):
            decode(saved(red_over_blue(), "JPEG")[:-99])


@pytest.mark.parametrize(("stated", "turn"), [(0, 1), (1, 1), (6, 6), (8, 8), (9, 1), (99, 1)])
def test_an_orientation_that_means_nothing_is_none(stated: int, turn: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = stated
    assert orientation(saved(red_over_blue(), "JPEG", exif=exif)) == turn


def test_damaged_exif_does_not_refuse_the_pixels() -> None:
    content = saved(red_over_blue(), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert decoded(content).shape == (60, 40, 3)


def test_cmyk_becomes_rgb() -> None:
    content = saved(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG")
    np.testing.assert_allclose(decoded(content)[9, 9], (255, 0, 0), atol=6)


def test_16_bits_become_8() -> None:
    levels = np.full((20, 20), 0x8012, np.uint16)
    assert decoded(saved(Image.fromarray(levels)))[9, 9].tolist() == [128, 128, 128]


def test_a_palette_becomes_its_colours() -> None:
    image = red_over_blue().convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    assert decoded(saved(image))[5, 5].tolist() == list(RED)


def test_what_is_transparent_becomes_white() -> None:
    image = Image.new("RGBA", (20, 20), (*RED, 0))
    image.paste((*RED, 255), (0, 0, 20, 10))
    image_rgb = decoded(saved(image))
    assert image_rgb[5, 5].tolist() == list(RED)
    assert image_rgb[15, 5].tolist() == [255, 255, 255]


def test_a_transparent_colour_of_a_palette_becomes_white() -> None:
    image = Image.new("P", (20, 20), 1)
    image.putpalette([0, 0, 0, *RED])
    assert decoded(saved(image, "GIF", transparency=1))[5, 5].tolist() == [255, 255, 255]


def test_of_an_animation_the_first_frame_counts() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decoded(content)[5, 5].tolist() == list(RED)


def test_png_keeps_every_pixel() -> None:
    np.testing.assert_array_equal(decoded(png(draw_face())), draw_face())
    assert png(draw_face()) == png(draw_face())


def test_pixels_seen_backwards_are_encoded_as_they_are_seen() -> None:
    mirrored = draw_face()[:, ::-1]
    np.testing.assert_array_equal(decoded(png(mirrored)), mirrored)
    np.testing.assert_allclose(decoded(jpeg(mirrored)).mean(), mirrored.mean(), atol=2)


def test_the_hash_is_of_the_pixels_whatever_the_file() -> None:
    expected = pixel_sha256(np.asarray(red_over_blue()))
    assert pixel_sha256(decoded(saved(red_over_blue()))) == expected
    assert pixel_sha256(decoded(saved(red_over_blue(), "BMP"))) == expected


def test_the_same_pixels_in_other_proportions_have_another_hash() -> None:
    assert pixel_sha256(np.zeros((2, 8, 3), np.uint8)) != pixel_sha256(
        np.zeros((4, 4, 3), np.uint8)
    )


@pytest.mark.parametrize("shape", [(75, 75, 3), (75, 75), (33, 200, 3), (350, 351, 3), (20, 24)])
@pytest.mark.parametrize("seed", range(6))
def test_phashes_have_the_bits_of_imagehash_as_signed_integers(
    seed: int, shape: tuple[int, ...]
) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    mirror_image = np.ascontiguousarray(pixels[:, ::-1])
    for name, picture in (("phash", pixels), ("phash_mirrored", mirror_image)):
        theirs = int(str(imagehash.phash(Image.fromarray(picture))), 16)
        assert phashes(pixels)[name] % 2**64 == theirs
        assert -(2**63) <= phashes(pixels)[name] < 2**63


def test_grey_pixels_come_back_in_three_equal_channels_and_hash_alike() -> None:
    grey = draw_face(75)[..., 0]
    in_colour = np.dstack([grey] * 3)
    np.testing.assert_array_equal(decoded(png(grey)), in_colour)
    assert phashes(grey) == phashes(in_colour)
