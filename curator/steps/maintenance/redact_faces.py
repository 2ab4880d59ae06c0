"""Blot a face out of a photo that also shows others, and cut those out of it again."""

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from curator.core.faces.crops import crop_and_view, frame
from curator.core.faces.face import FoundFace, stored_face
from curator.core.faces.preprocessing import without_colour
from curator.steps.images.image_codec import decoded, jpeg, png
from curator.steps.images.perceptual_hash import phashes
from curator.steps.maintenance.erasure_plan import ErasurePlan, parts
from db.project.project_folder import Project
from db.tables.duplicates import DuplicatePair
from db.tables.images import Face, Image

_GREY = 128
_HALF_DIAGONAL = 0.71
"""From the middle of a square to its corner, in sides: however a face is turned, it is covered."""


def erased_frames(session: Session, plan: ErasurePlan) -> dict[int, list[FoundFace]]:
    """Remember where the faces are that are to be blotted out, by the image; before they go."""
    frames: dict[int, list[FoundFace]] = {}
    for some in parts(plan.blotted):
        for face in session.scalars(select(Face).where(Face.image_id.in_(some))):
            if face.id in plan.faces:
                frames.setdefault(face.image_id, []).append(_found(face))
    return frames


def redact_faces(
    project: Project, session: Session, erased: dict[int, list[FoundFace]]
) -> list[str]:
    """Put grey squares over erased faces, and cut the others of these photos out anew.

    The new photo is stored beside the old one, which the caller removes. Does not commit.

    Args:
        project: The project.
        session: A writing session in which the erased faces are gone.
        erased: What `erased_frames` returned.

    Returns:
        The pictures that are no longer named, as paths relative to the project.
    """
    left: list[str] = []
    for image_id, faces in erased.items():
        image = session.get_one(Image, image_id)
        pixels = without_faces(decoded(project.images.read(image.blob_sha256)), faces)
        image.stored_sha256 = project.images.put(png(pixels))
        image.phash, image.phash_mirrored = phashes(pixels).values()
        others = session.scalars(select(Face).where(Face.image_id == image_id)).all()
        for face in others:
            left += _cut_again(project, session, face, pixels)
    session.flush()
    return left


def without_faces(image_rgb: NDArray[np.uint8], faces: list[FoundFace]) -> NDArray[np.uint8]:
    """Cover faces with grey.

    Args:
        image_rgb: uint8 (h, w, 3), upright.
        faces: Where they are.

    Returns:
        A new array of the same shape.
    """
    covered = image_rgb.copy()
    height, width = covered.shape[:2]
    for face in faces:
        square = frame(face)
        reach = square.side_px * _HALF_DIAGONAL
        x, y = square.centre_xy
        left, top = max(0, int(x - reach)), max(0, int(y - reach))
        covered[top : min(height, int(y + reach) + 1), left : min(width, int(x + reach) + 1)] = (
            _GREY
        )
    return covered


def _found(face: Face) -> FoundFace:
    box = (face.x_min, face.y_min, face.x_max, face.y_max)
    return stored_face(box, face.landmarks, face.confidence, is_whole=face.is_whole)


def _cut_again(
    project: Project, session: Session, face: Face, pixels: NDArray[np.uint8]
) -> list[str]:
    """Cut a face out of the changed photo; where its crop changed, what it was is let go."""
    crop, view = crop_and_view(without_colour(pixels), _found(face))
    before = project.crops.path(face.crop_sha256), project.views.path(face.view_sha256)
    face.crop_sha256 = project.crops.put(png(crop))
    face.view_sha256 = project.views.put(jpeg(view))
    after = project.crops.path(face.crop_sha256), project.views.path(face.view_sha256)
    if before == after:
        return []
    face.phash, face.phash_mirrored = phashes(crop).values()
    face.look = None
    names = (DuplicatePair.first_id == face.id) | (DuplicatePair.second_id == face.id)
    session.execute(delete(DuplicatePair).where(names))
    return [str(path.relative_to(project.folder)) for path in before if path not in after]
