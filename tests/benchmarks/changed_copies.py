"""Copies of photos as they go around: shrunk, cut, turned, mirrored, written on."""

from collections.abc import Callable, Mapping
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Change = Callable[[Image.Image, Random], Image.Image]


def _resized(photo: Image.Image, random: Random) -> Image.Image:
    scale = random.uniform(0.4, 2)
    size = (round(photo.width * scale), round(photo.height * scale))
    return photo.resize(size, Image.Resampling.LANCZOS)


def _same(photo: Image.Image, _: Random) -> Image.Image:
    return photo


def _cut(photo: Image.Image, random: Random) -> Image.Image:
    """Cut 5 to 20 % off the width and off the height, on either side."""
    width, height = (round(side * (1 - random.uniform(0.05, 0.2))) for side in photo.size)
    left, top = random.randint(0, photo.width - width), random.randint(0, photo.height - height)
    return photo.crop((left, top, left + width, top + height))


def _turned(photo: Image.Image, random: Random) -> Image.Image:
    return photo.rotate(random.uniform(-10, 10), Image.Resampling.BICUBIC)


def _mirrored(photo: Image.Image, _: Random) -> Image.Image:
    return photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def _relit(photo: Image.Image, random: Random) -> Image.Image:
    """Change gamma by 0.6 to 1.6, contrast by 0.6 to 1.4, brightness by up to 15 %."""
    levels = (np.asarray(photo) / 255) ** random.uniform(0.6, 1.6)
    levels = (levels - 0.5) * random.uniform(0.6, 1.4) + 0.5 + random.uniform(-0.15, 0.15)
    return Image.fromarray((levels.clip(0, 1) * 255).astype(np.uint8))


def _grey(photo: Image.Image, _: Random) -> Image.Image:
    return photo.convert("L").convert("RGB")


def _blurred(photo: Image.Image, random: Random) -> Image.Image:
    return photo.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 2)))


def _written_on(photo: Image.Image, random: Random) -> Image.Image:
    marked = photo.copy()
    font = ImageFont.load_default(round(photo.height * random.uniform(0.05, 0.1)))
    place = (random.uniform(0, 0.3) * photo.width, random.uniform(0.2, 0.8) * photo.height)
    white = (255, 255, 255, random.randint(110, 220))
    ImageDraw.Draw(marked, "RGBA").text(place, "PHOTO AGENCY 2026", font=font, fill=white)
    return marked


CHANGES: Mapping[str, Change] = {
    "resize 0.4-2x": _resized,
    "JPEG quality 20-80": _same,
    "crop 5-20 %": _cut,
    "rotation up to 10 degrees": _turned,
    "mirror": _mirrored,
    "brightness, contrast, gamma": _relit,
    "grey": _grey,
    "blur": _blurred,
    "text watermark": _written_on,
}


def changed_copy(photo: Image.Image, change: str, random: Random) -> tuple[Image.Image, int]:
    """Make a changed copy and choose the JPEG quality that it is to be saved with."""
    quality = random.randint(20, 80) if change.startswith("JPEG") else 92
    return CHANGES[change](photo.convert("RGB"), random), quality
