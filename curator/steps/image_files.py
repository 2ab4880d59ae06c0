"""From the bytes of an image file to pixels and back: the only place that decodes."""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from PIL.Image import Transpose

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

_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


class NotAnImageError(Exception):
    """Bytes are no whole image that can be taken in; the message goes after a file's name."""


@dataclass(frozen=True)
class ImageFacts:
    """What is kept of an image beside its bytes; sizes are of the upright image."""

    pixels_sha256: str
    width_px: int
    height_px: int


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
    if not content:
        raise NotAnImageError("is empty (0 bytes). Copy it again from where it came from.")
    with _opened(content) as image:
        _check_size(image)
        return _upright_rgb(image)


def size_wh(content: bytes) -> tuple[int, int]:
    """Read the width and height that an image file states, before it is turned upright.

    Raises:
        NotAnImageError: The bytes do not begin as one of `FORMATS` does.
    """
    with _opened(content) as image:
        return image.size


def _opened(content: bytes) -> Image.Image:
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
        flat = _flat_rgb(image)
        return np.array(flat if turn is None else flat.transpose(turn))
    except NotAnImageError:
        raise
    except Exception as error:  # Pillow's readers let anything out on hostile bytes
        raise NotAnImageError(_damaged(error)) from error


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # damaged EXIF is no reason to refuse the pixels
        return 1


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


def image_facts(content: bytes) -> ImageFacts | str:
    """Decode an image and keep its facts only, or say in a sentence why it is refused."""
    try:
        image_rgb = decoded(content)
    except NotAnImageError as error:
        return str(error)
    height, width = image_rgb.shape[:2]
    return ImageFacts(pixel_sha256(image_rgb), width, height)


def png(image_rgb: NDArray[np.uint8]) -> bytes:
    """Encode pixels without loss."""
    return _encoded(image_rgb, "PNG")


def jpeg(image_rgb: NDArray[np.uint8]) -> bytes:
    """Encode pixels for people to look at."""
    return _encoded(image_rgb, "JPEG", quality=JPEG_QUALITY)


def _encoded(image_rgb: NDArray[np.uint8], kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(image_rgb).save(file, kind, **options)
    return file.getvalue()
