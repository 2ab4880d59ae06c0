"""Take out of image files what tells more than their pixels: where, when, with what, by whom."""

import re
from collections.abc import Callable, Mapping

from PIL import Image

from curator.steps.images.image_codec import (
    NotAnImageError,
    decoded,
    opened_image,
    orientation,
    png,
)
from curator.steps.images.metadata_segments import (
    UnknownStructureError,
    gif_holds_pixels_only,
    jpeg_without_metadata,
    png_without_metadata,
    webp_without_metadata,
)

_STRIPS: Mapping[bytes, Callable[[bytes, Callable[[], int]], bytes]] = {
    b"\xff\xd8\xff": jpeg_without_metadata,
    b"\x89PNG\r\n\x1a\n": png_without_metadata,
    b"RIFF": webp_without_metadata,
}

_AVIF_TELLS = re.compile(rb"Exif|mime|uuid|udta")
_PPM_HEAD = re.compile(rb"P([56])\s+(\d+)\s+(\d+)\s+(\d+)\s")


def without_metadata(content: bytes) -> bytes:
    """Return an image file without EXIF, XMP, IPTC, comments and what follows its end.

    How it is turned stays, and all that its colours depend on: it decodes to the same
    pixels. JPEG, PNG and WebP keep their compressed pixels byte for byte; a TIFF, whose
    tags may lie anywhere in it, and a file of another kind that holds more than pixels
    become a PNG of what they show. A file that cannot be
    decoded comes back as it is, since it is refused anyway.

    Returns:
        The same object where there is nothing to take out.
    """
    try:
        stripped = _stripped(content)
    except NotAnImageError:
        return content
    return content if stripped == content else stripped


def _stripped(content: bytes) -> bytes:
    strip = next((strip for magic, strip in _STRIPS.items() if content.startswith(magic)), None)
    if strip is not None:
        try:
            return strip(content, lambda: orientation(content))
        except UnknownStructureError:
            return png(decoded(content))
    with opened_image(content) as image:
        shows_only = _HOLDS_PIXELS_ONLY.get(image.format or "", _never)(image, content)
    return content if shows_only else png(decoded(content))


def _gif_holds_pixels_only(_: Image.Image, content: bytes) -> bool:
    return gif_holds_pixels_only(content)


def _bmp_holds_pixels_only(_: Image.Image, content: bytes) -> bool:
    return int.from_bytes(content[2:6], "little") == len(content)


def _ppm_holds_pixels_only(_: Image.Image, content: bytes) -> bool:
    head = _PPM_HEAD.match(content)
    if head is None:
        return False
    kind, width, height, most = (int(number) for number in head.groups())
    values = width * height * (3 if kind == 6 else 1)
    return len(content) - head.end() == values * (2 if most > 255 else 1)


def _avif_holds_pixels_only(image: Image.Image, content: bytes) -> bool:
    return not {"exif", "xmp"} & set(image.info) and not _AVIF_TELLS.search(content)


def _never(_: Image.Image, __: bytes) -> bool:
    return False


_HOLDS_PIXELS_ONLY: Mapping[str, Callable[[Image.Image, bytes], bool]] = {
    "GIF": _gif_holds_pixels_only,
    "BMP": _bmp_holds_pixels_only,
    "PPM": _ppm_holds_pixels_only,
    "AVIF": _avif_holds_pixels_only,
}
