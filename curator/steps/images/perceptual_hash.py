"""Perceptual hashes of pictures, as the database keeps them."""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

_SIDE_PX = 32
"""What `imagehash.phash` shrinks a picture to."""


def phashes(pixels: NDArray[np.uint8]) -> dict[str, int]:
    """Hash a picture and its mirror image so that those that look alike differ in few bits.

    The bits are those of `imagehash.phash`, row by row, the first one the highest.

    Args:
        pixels: uint8 (h, w, 3) in RGB, or (h, w) in grey, which gives the same bits.

    Returns:
        `phash` and `phash_mirrored`: 64 bits as a signed integer, -2**63 to 2**63 - 1.
    """
    # Shrunk once, since that is most of the work; shrinking is the same in a mirror.
    grey = Image.fromarray(pixels).convert("L")
    small = np.asarray(grey.resize((_SIDE_PX, _SIDE_PX), Image.Resampling.LANCZOS))
    return {"phash": _phash(small), "phash_mirrored": _phash(small[:, ::-1])}


def _phash(small: NDArray[np.uint8]) -> int:
    bits = imagehash.phash(Image.fromarray(np.ascontiguousarray(small))).hash
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)
