"""From the bytes of an image file to pixels and back: the only place that decodes."""

import hashlib
import io
import math
import warnings
from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

FORMATS = ("AVIF", "BMP", "GIF", "JPEG", "PNG", "PPM", "TIFF", "WEBP")
"""What is opened. Pillow knows more, some of which (EPS) start other programs."""

IMAGE_SUFFIXES = frozenset(
    {".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg"}
    | {".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"}
)
"""What names of image files end with. HEIC is among them to be refused with a word."""

MIN_SIDE_PX = 16
MAX_PIXELS = Image.MAX_IMAGE_PIXELS or 89_478_485
ORIENTATION_TAG = 0x0112
JPEG_QUALITY = 90

# Five times as fast as Pillow's and OpenCV's usual, and crops come out as small.
_PNG_OPTIONS = (
    *(cv2.IMWRITE_PNG_COMPRESSION, 2),
    *(cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_PAETH),
)
_JPEG_OPTIONS = (cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY)

_TURNS: Mapping[int, Callable[[cv2.typing.MatLike], cv2.typing.MatLike]] = {
    2: lambda pixels: cv2.flip(pixels, 1),
    3: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_180),
    4: lambda pixels: cv2.flip(pixels, 0),
    5: cv2.transpose,
    6: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_CLOCKWISE),
    7: lambda pixels: cv2.transpose(cv2.rotate(pixels, cv2.ROTATE_180)),
    8: lambda pixels: cv2.rotate(pixels, cv2.ROTATE_90_COUNTERCLOCKWISE),
}

# What Pillow warns of is either harmless here or refused below with a sentence.
warnings.filterwarnings("ignore", module=r"PIL\.")


class NotAnImageError(Exception):
    """Bytes are no whole image that can be taken in; the message goes after a file's name."""


def decoded(content: bytes) -> NDArray[np.uint8]:
    """Decode an image file.

    It is turned upright by its EXIF orientation; transparent parts become white; 16 bits
    become 8; of an animation the first frame counts.

    Returns:
        uint8 (h, w, 3), RGB.

    Raises:
        NotAnImageError: The bytes are none of `FORMATS`, cut short, or of a size that is
            not taken.
    """
    with opened_image(content) as image:
        _check_size(image)
        return _upright_rgb(image)


def decoded_small(content: bytes, longest_px: int) -> NDArray[np.uint8]:
    """Decode an image file for those who need few of its pixels.

    A JPEG is decoded at the coarsest of 1/1, 1/2, 1/4 and 1/8 of its size that leaves its
    longer side `longest_px` or more, which takes less than half the time; every other kind
    as it is.

    Returns:
        uint8 (h, w, 3), RGB, upright, as `decoded` gives it.

    Raises:
        NotAnImageError: As for `decoded`.
    """
    with opened_image(content) as image:
        _check_size(image)
        part = longest_px / max(image.size)
        image.draft(None, (math.ceil(image.width * part), math.ceil(image.height * part)))
        return _upright_rgb(image)


def orientation(content: bytes) -> int:
    """Read how an image file says that it is to be turned: 1 (not at all) to 8, as in EXIF.

    Raises:
        NotAnImageError: The bytes do not begin as one of `FORMATS` does.
    """
    with opened_image(content) as image:
        stated = _orientation(image)
    return stated if stated in _TURNS else 1


def size_wh(content: bytes) -> tuple[int, int]:
    """Read the width and height that an image file states, before it is turned upright.

    Raises:
        NotAnImageError: The bytes do not begin as one of `FORMATS` does.
    """
    with opened_image(content) as image:
        return image.size


def opened_image(content: bytes) -> Image.Image:
    """Open an image file without decoding it; it is to be closed.

    Raises:
        NotAnImageError: The bytes do not begin as one of `FORMATS` does.
    """
    if not content:
        raise NotAnImageError("is empty (0 bytes). Copy it again from where it came from.")
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAnImageError(_too_large("too many")) from error
    except UnidentifiedImageError as error:
        raise NotAnImageError(_unknown(content)) from error
    except Exception as error:  # Pillow's readers let anything out on hostile bytes
        raise NotAnImageError(_damaged(error)) from error


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise NotAnImageError(_too_large(f"{width:,} x {height:,}"))
    if min(width, height) < MIN_SIDE_PX:
        raise NotAnImageError(
            f"is {width} x {height} px; images need at least {MIN_SIDE_PX} px a side."
        )


def _upright_rgb(image: Image.Image) -> NDArray[np.uint8]:
    try:
        image.load()
        turn = _TURNS.get(_orientation(image))
        pixels = _rgb(image)
        return pixels if turn is None else turn(pixels).astype(np.uint8, copy=False)
    except NotAnImageError:
        raise
    except Exception as error:  # Pillow's readers let anything out on hostile bytes
        raise NotAnImageError(_damaged(error)) from error


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # damaged EXIF is no reason to refuse the pixels
        return 1


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode not in {"L", "RGB"} or image.has_transparency_data:
        return np.array(_flat_rgb(image))
    if image.mode == "L":  # four times as fast as Pillow's
        return cv2.cvtColor(np.asarray(image), cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
    return np.array(image)


def _flat_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "F":
        raise NotAnImageError("holds floating-point pixels. Save it with 8 or 16 bits a colour.")
    if image.mode.startswith("I"):
        return _from_16_bits(image).convert("RGB")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return image.convert("RGB")


def _from_16_bits(image: Image.Image) -> Image.Image:
    levels = np.asarray(image).clip(0, 65535).astype(np.uint16)
    return Image.fromarray((levels >> 8).astype(np.uint8))


def _unknown(content: bytes) -> str:
    is_heic = content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"msf1"}
    kind = "a HEIC image, which cannot be read here" if is_heic else "no image of a kind known here"
    return f"is {kind} (JPEG, PNG, WebP, TIFF, BMP, GIF, AVIF are). Save it as JPEG or PNG."


def _too_large(size: str) -> str:
    return f"has {size} pixels; at most {MAX_PIXELS:,} are taken. Make it smaller."


def _damaged(error: Exception) -> str:
    return f"is damaged or cut short ({error}). Copy it again from where it came from."


def pixel_sha256(image_rgb: NDArray[np.uint8]) -> str:
    """Name pixels by their SHA-256; images of other proportions never share a name.

    Args:
        image_rgb: uint8 (h, w, 3), upright.
    """
    height, width = image_rgb.shape[:2]
    digest = hashlib.sha256(f"{width}x{height}:".encode())
    digest.update(np.ascontiguousarray(image_rgb).data)
    return digest.hexdigest()


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels, uint8 (h, w, 3) in RGB or (h, w) in grey, without loss."""
    return _encoded(pixels, ".png", _PNG_OPTIONS)


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels, as for `png`, for people to look at."""
    return _encoded(pixels, ".jpg", _JPEG_OPTIONS)


def _encoded(pixels: NDArray[np.uint8], suffix: str, options: tuple[int, ...]) -> bytes:
    whole = np.ascontiguousarray(pixels)
    opencv = whole if whole.ndim == 2 else cv2.cvtColor(whole, cv2.COLOR_RGB2BGR)
    return cv2.imencode(suffix, opencv, options)[1].tobytes()
