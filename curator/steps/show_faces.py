"""The bytes that people look at: a face's view and crop, and the image it came from."""

import numpy as np
import PIL.Image

from curator.steps.image_files import decoded, jpeg
from db.curation import Face, Image
from db.project import Project

LONGEST_SIDE_PX = 1600


def view_of_face(project: Project, face_id: int) -> bytes | None:
    """Read the larger cut of a face, a JPEG; None when there is no such face."""
    with project.reading() as session:
        face = session.get(Face, face_id)
    return None if face is None else project.views.read(face.view_sha256)


def crop_of_face(project: Project, face_id: int) -> bytes | None:
    """Read the crop of a face, a PNG; None when there is no such face."""
    with project.reading() as session:
        face = session.get(Face, face_id)
    return None if face is None else project.crops.read(face.crop_sha256)


def image_to_look_at(project: Project, image_id: int) -> bytes | None:
    """Read a source image as an upright JPEG of at most 1600 px; None when there is none.

    It is encoded anew from its pixels, so that nothing else that the camera wrote into
    the file (place, time, owner) leaves the project.
    """
    with project.reading() as session:
        image = session.get(Image, image_id)
    return None if image is None else _redrawn(project.images.read(image.sha256))


def _redrawn(content: bytes) -> bytes:
    image = PIL.Image.fromarray(decoded(content))
    image.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    return jpeg(np.asarray(image))
