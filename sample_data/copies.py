"""Copies of portraits, as they gather on a lab's disks, and files that are broken."""

from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from sample_data.plan import Kind, Plan, Stream
from sample_data.portraits import draw_portrait
from sample_data.truth import FaceTruth, Picture, kept_inside, moved_face

PORTRAIT_JPEG = 90
_KEPT_OF_BROKEN = 0.4


class CopyKind(StrEnum):
    """What was done to a portrait to make a copy of it."""

    SAME_BYTES = "same bytes"
    RECOMPRESSED = "recompressed"
    RESIZED = "resized"
    MIRRORED = "mirrored"
    CROPPED = "cropped"


_CYCLE = (
    CopyKind.RECOMPRESSED,
    CopyKind.RESIZED,
    CopyKind.MIRRORED,
    CopyKind.CROPPED,
    CopyKind.RESIZED,
    CopyKind.RECOMPRESSED,
    CopyKind.CROPPED,
    CopyKind.MIRRORED,
    CopyKind.SAME_BYTES,
)


@dataclass(frozen=True)
class Copy:
    """A copy, ready to be written.

    Attributes:
        content: The bytes of its file.
        face: Where the face is in it.
        origin: Name of the portrait it was made from.
        kind: What was done to it.
    """

    content: bytes
    face: FaceTruth
    origin: str
    kind: CopyKind


def jpeg(picture: Picture, quality: int) -> bytes:
    """Encode a picture as JPEG at a quality from 1 to 100."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    _, content = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return content.tobytes()


def _decoded(content: bytes) -> Picture:
    """Decode a JPEG that this package encoded."""
    bgr = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if bgr is None:
        raise ValueError("`content` must be a JPEG. Received bytes that OpenCV cannot decode.")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def _resized(
    picture: Picture, face: FaceTruth, rng: np.random.Generator
) -> tuple[Picture, FaceTruth]:
    """Scale a picture by a factor from 0.5 to 1.6."""
    factor = float(rng.uniform(0.5, 0.85) if rng.random() < 0.6 else rng.uniform(1.15, 1.6))
    width, height = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    scaled = np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)
    scale_x, scale_y = width / picture.shape[1], height / picture.shape[0]
    return scaled, moved_face(face, lambda x, y: (x * scale_x, y * scale_y))


def _mirrored(picture: Picture, face: FaceTruth) -> tuple[Picture, FaceTruth]:
    """Swap left and right."""
    width = picture.shape[1]
    flipped = np.ascontiguousarray(picture[:, ::-1])
    return flipped, moved_face(face, lambda x, y: (width - x, y), is_mirrored=True)


def _cropped(
    picture: Picture, face: FaceTruth, rng: np.random.Generator
) -> tuple[Picture, FaceTruth]:
    """Cut up to a tenth off every side, never into the face."""
    height, width = picture.shape[:2]
    x_min, y_min, x_max, y_max = face.box_xyxy
    cuts = rng.uniform(0.02, 0.1, 4) * (width, height, width, height)
    left, top = int(min(cuts[0], x_min)), int(min(cuts[1], y_min))
    right = int(np.ceil(max(width - cuts[2], x_max)))
    bottom = int(np.ceil(max(height - cuts[3], y_max)))
    cut = np.ascontiguousarray(picture[top:bottom, left:right])
    return cut, moved_face(face, lambda x, y: (x - left, y - top))


def _changed(
    picture: Picture, face: FaceTruth, kind: CopyKind, rng: np.random.Generator
) -> tuple[Picture, FaceTruth, int]:
    """Change a picture as the kind says; also give the JPEG quality to save it with."""
    match kind:
        case CopyKind.RESIZED:
            return *_resized(picture, face, rng), 86
        case CopyKind.MIRRORED:
            return *_mirrored(picture, face), 86
        case CopyKind.CROPPED:
            return *_cropped(picture, face, rng), 86
        case _:
            return picture, face, int(rng.integers(35, 70))


def make_copy(plan: Plan, number: int) -> Copy:
    """Make a copy by number from 0, drawing its origin again rather than reading it."""
    rng = plan.rng(Stream.IMAGE, number, Kind.COPY)
    origin = int(rng.integers(plan.count(Kind.PORTRAIT)))
    drawn = draw_portrait(plan, origin)
    kind, name = _CYCLE[number % len(_CYCLE)], plan.name(Kind.PORTRAIT, origin)
    content, face = jpeg(drawn.picture, PORTRAIT_JPEG), drawn.faces[0]
    if kind is CopyKind.SAME_BYTES:
        return Copy(content, face, name, kind)
    picture, face, quality = _changed(_decoded(content), face, kind, rng)
    face = kept_inside(face, picture.shape[1], picture.shape[0])
    return Copy(jpeg(picture, quality), face, name, kind)


def broken_file(plan: Plan, number: int) -> bytes:
    """Give the bytes of a file no decoder takes: a JPEG that stops early, or plain text."""
    if number % 2:
        return b"This is a note that somebody saved with the wrong ending.\n"
    content = jpeg(draw_portrait(plan, number, Kind.BROKEN).picture, PORTRAIT_JPEG)
    return content[: int(len(content) * _KEPT_OF_BROKEN)]
