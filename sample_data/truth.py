"""What is known about every face drawn, and how a table says it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.labels import Expression

Picture = NDArray[np.uint8]
"""(height, width, 3) RGB."""

TRUTH_COLUMNS = (
    "image",
    "kind",
    "face",
    "x_min",
    "y_min",
    "x_max",
    "y_max",
    "left_eye_x",
    "left_eye_y",
    "right_eye_x",
    "right_eye_y",
    "subject",
    "label",
    "copy_of",
    "copy_kind",
)


@dataclass(frozen=True)
class FaceTruth:
    """One face in an image, in its pixels.

    Attributes:
        box_xyxy: From forehead to chin and from ear to ear.
        left_eye: Middle of the subject's own left eye, as x and y.
        right_eye: Middle of the subject's own right eye.
        subject: Name of the subject.
        label: What the face shows.
    """

    box_xyxy: tuple[float, float, float, float]
    left_eye: tuple[float, float]
    right_eye: tuple[float, float]
    subject: str
    label: Expression


@dataclass(frozen=True)
class Drawn:
    """A picture and the faces in it."""

    picture: Picture
    faces: tuple[FaceTruth, ...]


def moved_face(
    face: FaceTruth,
    move: Callable[[float, float], tuple[float, float]],
    *,
    is_mirrored: bool = False,
) -> FaceTruth:
    """Give the truth of a face whose picture was changed.

    Args:
        face: The face before.
        move: Where a point at x and y went.
        is_mirrored: The picture was mirrored, so that left and right change places.
    """
    x_min, y_min, x_max, y_max = face.box_xyxy
    corners = np.array([move(x_min, y_min), move(x_max, y_max)])
    low, high = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    eyes = move(*face.left_eye), move(*face.right_eye)
    left, right = eyes[::-1] if is_mirrored else eyes
    return FaceTruth((*low, *high), left, right, face.subject, face.label)


def kept_inside(face: FaceTruth, width: int, height: int) -> FaceTruth:
    """Cut a face's box to its image."""
    limits = np.array([width, height, width, height])
    box = np.clip(face.box_xyxy, 0, limits).tolist()
    return FaceTruth(
        (box[0], box[1], box[2], box[3]),
        face.left_eye,
        face.right_eye,
        face.subject,
        face.label,
    )


def truth_rows(
    image: str, kind: str, faces: tuple[FaceTruth, ...], copy_of: str = "", copy_kind: str = ""
) -> list[tuple[str, ...]]:
    """Give one row of `TRUTH_COLUMNS` per face; one row without a face where there is none."""
    rows = []
    for number, face in enumerate(faces):
        places = (*face.box_xyxy, *face.left_eye, *face.right_eye)
        pixels = [f"{place:.1f}" for place in places]
        said = (face.subject, face.label.value, copy_of, copy_kind)
        rows.append((image, kind, str(number), *pixels, *said))
    return rows or [(image, kind, *[""] * (len(TRUTH_COLUMNS) - 2))]
