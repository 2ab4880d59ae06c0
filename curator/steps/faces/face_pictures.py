"""The bytes that people look at: a face's view and crop, and the image it came from."""

import math
from dataclasses import dataclass

import numpy as np
import PIL.Image
from PIL.Image import Resampling
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.images.image_codec import decoded, decoded_small, jpeg, size_wh
from db.project.project_folder import Project
from db.tables.images import Face, Image

LONGEST_SIDE_PX = 1600
SMALL_VIEW_PX = 224


def check_face(session: Session, face_id: int) -> None:
    """Refuse a face that the project does not hold.

    Raises:
        CuratorError: There is no such face.
    """
    if session.get(Face, face_id) is None:
        raise CuratorError(f"There is no face {face_id}. Choose one that the project holds.")


def view_of_face(project: Project, face_id: int) -> bytes | None:
    """Read the larger cut of a face, a JPEG; None when there is no such face.

    A view whose longer side is below 224 px is enlarged by a whole number, so that it
    is drawn from Lanczos' smooth pixels and not from what a browser makes of few.
    """
    with project.reading() as session:
        face = session.get(Face, face_id)
    return None if face is None else _enlarged(project.views.read(face.view_sha256))


def _enlarged(view: bytes) -> bytes:
    times = math.ceil(SMALL_VIEW_PX / max(size_wh(view)))
    if times == 1:
        return view
    image = PIL.Image.fromarray(decoded(view))
    size = (image.width * times, image.height * times)
    return jpeg(np.asarray(image.resize(size, Resampling.LANCZOS)))


def crop_of_face(project: Project, face_id: int) -> bytes | None:
    """Read the crop of a face, a PNG; None when there is no such face."""
    with project.reading() as session:
        face = session.get(Face, face_id)
    return None if face is None else project.crops.read(face.crop_sha256)


def viewable_image(project: Project, image_id: int) -> bytes | None:
    """Read a source image as an upright JPEG of at most 1600 px; None when there is none.

    It is encoded anew from its pixels, so that nothing else that the camera wrote into
    the file (place, time, owner) leaves the project.
    """
    with project.reading() as session:
        image = session.get(Image, image_id)
    return None if image is None else _redrawn(project.images.read(image.blob_sha256))


def _redrawn(content: bytes) -> bytes:
    image = PIL.Image.fromarray(decoded_small(content, LONGEST_SIDE_PX))
    image.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    return jpeg(np.asarray(image))


@dataclass(frozen=True)
class FacePlace:
    """Where a face lies.

    Attributes:
        image_id: Its image.
        box: Left, top, right and bottom as shares of the upright image, from 0 to 1.
    """

    image_id: int
    box: tuple[float, float, float, float]


def face_place(project: Project, face_id: int) -> FacePlace | None:
    """Say in which image a face lies and where; None when there is no such face."""
    with project.reading() as session:
        face = session.get(Face, face_id)
        if face is None:
            return None
        width, height = face.image.width_px, face.image.height_px
    edges = (face.x_min / width, face.y_min / height, face.x_max / width, face.y_max / height)
    left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in edges)
    return FacePlace(face.image_id, (left, top, right, bottom))
