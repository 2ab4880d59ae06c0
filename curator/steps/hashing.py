"""Perceptual hashes of crops, as the database keeps them."""

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image


def phash(crop: NDArray[np.uint8]) -> int:
    """Hash a crop so that pictures that look alike differ in few bits.

    The bits are those of `imagehash.phash`, row by row, the first one the highest.

    Args:
        crop: uint8 (h, w, 3) in RGB, or (h, w) in grey, which gives the same bits.

    Returns:
        64 bits as a signed integer, -2**63 to 2**63 - 1.
    """
    bits = imagehash.phash(Image.fromarray(crop)).hash
    return int.from_bytes(np.packbits(bits).tobytes(), "big", signed=True)


def phash_mirrored(crop: NDArray[np.uint8]) -> int:
    """Hash a crop as `phash` does, seen in a mirror."""
    return phash(np.ascontiguousarray(crop[:, ::-1]))
