"""Large photos composed of real heads, with the place and size of every face known.

YuNet sees a small face by the shoulders below it: of heads of 24 px that hang alone before
a wall it finds 3 %, of the same heads on a body 87 %. So each head stands on a neck and a
body here. Real people, who have real bodies, are seen at smaller sizes still.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.faces.face import Box, FoundFace
from curator.core.faces.yunet import scaled

Pixels = NDArray[np.uint8]
Random = np.random.Generator

FACE_SIZES_PX = (24, 32, 48, 64, 96, 128, 200, 300, 400)
LONGEST_SIDES_PX = (2000, 3000, 4000)
OVERSAMPLED = 4
WIDTH_IN_FACES, HEIGHT_IN_FACES = 2.6, 3.5
"""Size of the patch that a person takes up, in heights of the face's box."""

FACE_AT_XY = (1.3, 1.2)
"""Where the middle of the face is in that patch."""


@dataclass(frozen=True, eq=False)
class Head:
    """A real head cut out, with the box of its face in it."""

    pixels: Pixels
    box_xyxy: Box


@dataclass(frozen=True, eq=False)
class LargePhoto:
    """A composed photo; each face is its size, the height of its box, and its box."""

    pixels: Pixels
    faces: tuple[tuple[int, Box], ...]


def head(image_rgb: Pixels, face: FoundFace) -> Head:
    """Cut a head out with a quarter of the box's height all round."""
    x_min, y_min, x_max, y_max = face.box_xyxy
    margin = (y_max - y_min) / 4
    left, top = int(max(0, x_min - margin)), int(max(0, y_min - margin))
    pixels = image_rgb[top : int(y_max + margin), left : int(x_max + margin)]
    return Head(pixels, (x_min - left, y_min - top, x_max - left, y_max - top))


def large_photos(heads: Sequence[Head], number: int, seed: int) -> Iterator[LargePhoto]:
    """Compose photos of 2,000 to 4,000 px, in turn before a plain and a noisy wall."""
    rng = np.random.default_rng(seed)
    for place in range(number):
        longest = LONGEST_SIDES_PX[place % len(LONGEST_SIDES_PX)]
        wall = _wall(rng, longest, is_noisy=place % 2 == 1)
        yield _peopled(rng, wall, heads)


def _wall(rng: Random, width: int, *, is_noisy: bool) -> NDArray[np.float64]:
    height = width * 3 // 4
    wall = np.ones((height, width, 3)) * rng.integers(60, 200, 3)
    if is_noisy:
        coarse = rng.normal(0, 25, (height // 64, width // 64, 3))
        wall += cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        wall += rng.normal(0, 6, (height, width, 1))
    return wall


def _peopled(rng: Random, wall: NDArray[np.float64], heads: Sequence[Head]) -> LargePhoto:
    """Stand people beside each other in rows, as many as there is room for."""
    height, width = wall.shape[:2]
    faces: list[tuple[int, Box]] = []
    x = y = row_height = 0
    for size_px in rng.permutation(np.repeat(FACE_SIZES_PX, 2)):
        across, down = int(WIDTH_IN_FACES * size_px), int(HEIGHT_IN_FACES * size_px)
        if x + across > width:
            x, y, row_height = 0, y + row_height, 0
        if y + down > height:
            continue
        patch = wall[y : y + down, x : x + across]
        box = _stand(rng, patch, heads[int(rng.integers(len(heads)))], int(size_px))
        faces.append((int(size_px), (box[0] + x, box[1] + y, box[2] + x, box[3] + y)))
        x, row_height = x + across, max(row_height, down)
    return LargePhoto(wall.clip(0, 255).astype(np.uint8), tuple(faces))


def _stand(rng: Random, patch: NDArray[np.float64], person: Head, size_px: int) -> Box:
    """Put a person into a patch of the wall; return the box of the face in it."""
    x_min, y_min, x_max, y_max = person.box_xyxy
    scale = OVERSAMPLED * size_px / (y_max - y_min)
    pixels = scaled(person.pixels, max(1, round(scale * max(person.pixels.shape[:2]))))
    middle = round((x_min + x_max) / 2 * scale), round((y_min + y_max) / 2 * scale)
    height, width = patch.shape[:2]
    large = np.asarray(cv2.resize(patch, (OVERSAMPLED * width, OVERSAMPLED * height)), np.float64)
    _draw(large, pixels, middle, OVERSAMPLED * size_px, rng.integers(0, 255, 3).tolist())
    patch[:] = cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA)
    half, (x, y) = (x_max - x_min) / 2 * scale / OVERSAMPLED, np.array(FACE_AT_XY) * size_px
    return x - half, y - size_px / 2, x + half, y + size_px / 2


def _draw(
    canvas: NDArray[np.float64],
    pixels: Pixels,
    middle_xy: tuple[int, int],
    face_px: int,
    clothes: list[float],
) -> None:
    """Draw shoulders, neck and, in an oval with soft edges, the head."""
    x, y = (round(share * face_px) for share in FACE_AT_XY)
    shoulder, chest = round(1.15 * face_px), y + round(2.2 * face_px)
    cv2.ellipse(canvas, (x, chest), (shoulder, round(1.5 * face_px)), 0, 180, 360, clothes, -1)
    cv2.rectangle(canvas, (x - shoulder, chest), (x + shoulder, canvas.shape[0]), clothes, -1)
    skin = pixels[middle_xy[1] + round(0.25 * face_px), middle_xy[0]].astype(float).tolist()
    neck = round(0.22 * face_px)
    cv2.rectangle(
        canvas, (x - neck, y + face_px // 3), (x + neck, y + round(0.8 * face_px)), skin, -1
    )
    oval = np.zeros(pixels.shape[:2])
    radii = round(0.52 * face_px), round(0.72 * face_px)
    cv2.ellipse(oval, middle_xy, radii, 0, 0, 360, [1.0], -1)
    weight = cv2.GaussianBlur(oval, (0, 0), 0.03 * face_px)[..., None]
    left, top = x - middle_xy[0], y - middle_xy[1]
    under = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
    under[:] = under * (1 - weight) + pixels * weight
