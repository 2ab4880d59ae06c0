import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from curator.steps.images.image_codec import NotAnImageError, decoded, orientation
from curator.steps.images.strip_metadata import without_metadata

COORDINATES = ((48.0, 51.0, 29.25), (2.0, 17.0, 40.125))
RATIONALS = (struct.pack("<2I", 117, 4), struct.pack(">2I", 117, 4))  # 29.25, as EXIF stores it
TELLING = (b"GPS", b"PHOTOGRAPHER", b"xap/1.0", b"xmpmeta", *RATIONALS)
XMP = b"<x:xmpmeta><rdf GPSLatitude='48,51.29N' creator='PHOTOGRAPHER'/></x:xmpmeta>"

SAVES: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "comment": b"PHOTOGRAPHER", "xmp": XMP},
    "PNG": {},
    "WEBP": {"lossless": True, "xmp": XMP},
    "TIFF": {},
    "AVIF": {"quality": 90, "xmp": XMP},
}


def drawn(width: int = 45, height: int = 30) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (height // 5, width // 5, 3), np.uint8)
    return Image.fromarray(pixels.repeat(5, axis=0).repeat(5, axis=1))


def full_exif(turn: int = 1) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turn
    exif[0x013B] = "PHOTOGRAPHER"
    exif.get_ifd(0x8825).update({1: "N", 2: COORDINATES[0], 3: "E", 4: COORDINATES[1]})
    return exif


def saved(kind: str, turn: int = 1, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    text = PngInfo()
    text.add_text("Author", "PHOTOGRAPHER")
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    more = {"pnginfo": text} if kind == "PNG" else SAVES[kind]
    (image or drawn()).save(file, kind, exif=full_exif(turn), **more | options)
    return file.getvalue()


def plainly_saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    (image or drawn()).save(file, kind, **options)
    return file.getvalue()


def check_stripped(content: bytes) -> bytes:
    stripped = without_metadata(content)
    np.testing.assert_array_equal(decoded(stripped), decoded(content))
    assert not [word for word in TELLING if word in stripped]
    with Image.open(io.BytesIO(stripped)) as image:
        assert set(image.getexif()) <= {0x0112}
        assert image.getexif().get_ifd(0x8825) == {}
        assert not {"comment", "xmp", "Author", "XML:com.adobe.xmp"} & set(image.info)
    assert without_metadata(stripped) is stripped
    return stripped


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", SAVES)
def test_nothing_but_pixels_and_how_they_are_turned_stays(kind: str, turn: int) -> None:
    content = saved(kind, turn)
    assert all(word in content for word in (b"PHOTOGRAPHER",))
    stripped = check_stripped(content)
    if kind in {"JPEG", "PNG", "WEBP"}:
        assert orientation(stripped) == turn


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "PPM", "AVIF"])
def test_a_file_without_metadata_comes_back_itself(kind: str) -> None:
    content = plainly_saved(kind)
    assert without_metadata(content) is content


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_the_scans_of_a_jpeg_stay_byte_for_byte(mode: str, progressive: bool) -> None:
    image = drawn(200, 100).convert(mode)
    content = saved("JPEG", 6, image, progressive=progressive, icc_profile=b"ICC" * 30_000)
    stripped = check_stripped(content)
    assert stripped[stripped.index(b"\xff\xda") :] == content[content.index(b"\xff\xda") :]
    with Image.open(io.BytesIO(stripped)) as left, Image.open(io.BytesIO(content)) as right:
        assert left.info["icc_profile"] == right.info["icc_profile"]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_mode_keeps_its_pixels(mode: str) -> None:
    image = Image.fromarray(np.arange(1200, dtype=np.uint16).reshape(30, 40) * 50)
    image = image if mode == "I;16" else drawn().convert(mode)
    check_stripped(saved("PNG", 8, image))


def test_an_animation_keeps_its_frames() -> None:
    frames = [drawn(), drawn().rotate(180)]
    content = saved("WEBP", 3, frames[0], save_all=True, append_images=frames[1:])
    with Image.open(io.BytesIO(check_stripped(content))) as image:
        assert getattr(image, "n_frames", 1) == 2


def test_a_turn_that_only_xmp_tells_stays() -> None:
    xmp = b"<x:xmpmeta tiff:Orientation='6' tiff:Orientation=\"6\" by='PHOTOGRAPHER'/>"
    content = plainly_saved("JPEG", xmp=xmp)
    assert orientation(check_stripped(content)) == 6


def test_a_turn_that_means_nothing_goes() -> None:
    assert without_metadata(saved("JPEG", 99)).count(b"Exif") == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_follows_the_end_of_a_file_goes(kind: str) -> None:
    content = plainly_saved(kind)
    assert without_metadata(content + saved("JPEG")) == content


def test_a_photo_with_a_second_one_behind_it_keeps_the_first() -> None:
    content = saved("JPEG", 6, drawn())
    both = io.BytesIO()
    drawn().save(both, "MPO", save_all=True, append_images=[drawn()], exif=full_exif(6))
    np.testing.assert_array_equal(decoded(both.getvalue()).shape, decoded(content).shape)
    assert b"MPF" not in check_stripped(both.getvalue())


def test_segments_between_the_scans_and_unknown_ones_go() -> None:
    content = plainly_saved("JPEG", drawn(200, 100), progressive=True)
    second = content.index(b"\xff\xda", content.index(b"\xff\xda") + 2)
    hidden = b"\xff\xfe" + struct.pack(">H", 14) + b"PHOTOGRAPHER"
    vendor = b"\xff\xe5" + struct.pack(">H", 5) + b"GPS"
    mixed = content[:2] + vendor + content[2:second] + hidden + content[second:]
    assert check_stripped(mixed) == content


def test_a_comment_of_a_gif_or_in_the_head_of_a_ppm_makes_it_a_png() -> None:
    gif = plainly_saved("GIF", comment=b"PHOTOGRAPHER")
    ppm = plainly_saved("PPM").replace(b"P6\n", b"P6\n# PHOTOGRAPHER\n")
    assert all(check_stripped(content).startswith(b"\x89PNG") for content in (gif, ppm))


@pytest.mark.parametrize("behind", [b"PHOTOGRAPHER", b"PHOTOGRAPHER;"])
@pytest.mark.parametrize("kind", ["BMP", "GIF", "PPM"])
def test_what_follows_the_end_of_other_files_goes(kind: str, behind: bytes) -> None:
    check_stripped(plainly_saved(kind) + behind)


def test_a_tiff_of_two_pages_becomes_a_png_of_the_first() -> None:
    content = plainly_saved("TIFF", save_all=True, append_images=[drawn()])
    assert check_stripped(content).startswith(b"\x89PNG")


def test_a_raw_profile_in_the_text_of_a_png_goes_and_its_turn_stays() -> None:
    raw = full_exif(6).tobytes()
    text = PngInfo()
    text.add_text("Raw profile type exif", f"\nexif\n{len(raw):8}\n{raw.hex()}\n", zip=True)
    content = plainly_saved("PNG", pnginfo=text)
    assert orientation(content) == 6
    assert orientation(check_stripped(content)) == 6


@given(st.integers(0, 7), st.sampled_from(list(SAVES)), st.floats(0, 1))
def test_a_file_that_is_cut_short_is_left_alone_or_stripped(
    turn: int, kind: str, share: float
) -> None:
    whole = CACHED(kind, turn + 1)
    check_left_alone_or_stripped(whole[: int(len(whole) * share)])


@given(st.sampled_from(list(SAVES)), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255))))
def test_a_damaged_file_is_left_alone_or_stripped(
    kind: str, changes: list[tuple[float, int]]
) -> None:
    content = bytearray(CACHED(kind, 6))
    for share, value in changes:
        content[min(int(len(content) * share), len(content) - 1)] = value
    check_left_alone_or_stripped(bytes(content))


@pytest.mark.parametrize(
    ("kind", "place", "value"), [("JPEG", 5, 88), ("TIFF", 144, 64), ("WEBP", 34, 213)]
)
def test_a_length_or_tag_that_takes_in_what_tells_more_is_seen(
    kind: str, place: int, value: int
) -> None:
    content = bytearray(CACHED(kind, 6))
    content[place] = value
    decoded(bytes(content))
    check_left_alone_or_stripped(bytes(content))


def test_the_small_picture_in_the_head_of_a_jpeg_goes() -> None:
    content = plainly_saved("JPEG")
    small = b"\x02\x02" + b"PHOTOGRAPHER"
    head = content[:4] + struct.pack(">H", 28) + content[6:18] + small
    assert content[18:20] == b"\0\0"
    assert check_stripped(head + content[20:]) == content


def check_left_alone_or_stripped(content: bytes) -> None:
    stripped = without_metadata(content)
    try:
        expected = decoded(content)
    except NotAnImageError:
        return
    np.testing.assert_array_equal(decoded(stripped), expected)
    assert not [word for word in (b"PHOTOGRAPHER", *RATIONALS) if word in stripped]


def test_a_chunk_that_hides_behind_a_wrong_check_is_no_way_in() -> None:
    content = plainly_saved("PNG")
    end = content.index(b"IEND") - 4
    data = b"eXIf" + full_exif().tobytes()
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data) ^ 1)
    assert without_metadata(content[:end] + chunk + content[end:]) == content


def _cached() -> Callable[[str, int], bytes]:
    made: dict[tuple[str, int], bytes] = {}

    def make(kind: str, turn: int) -> bytes:
        if (kind, turn) not in made:
            made[kind, turn] = saved(kind, turn)
        return made[kind, turn]

    return make


CACHED = _cached()
