"""Find the faces of a photo for a prediction; nothing of it enters the set."""

import uuid
from dataclasses import dataclass
from pathlib import PurePosixPath

from curator.core.faces.detector import Box
from curator.core.snapshots.recipe import Preprocessing
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name, made_detector
from curator.steps.images.image_codec import NotAnImageError, decoded, jpeg, png
from curator.steps.models.predict_faces import crop_for_model
from db.files.blobs import write_whole
from db.project.project_folder import Project


@dataclass(frozen=True)
class PhotoToPredict:
    """A photo with its faces cut out and waiting for the trainer.

    Attributes:
        jpeg: The photo as it is shown, upright and without what the camera wrote into it.
        width_px: Its width.
        height_px: Its height.
        boxes: One a face, left, top, right and bottom in its pixels.
        folder: Where the crops lie, `0.png`, `1.png` …, relative to the project.
    """

    jpeg: bytes
    width_px: int
    height_px: int
    boxes: tuple[Box, ...]
    folder: str


def photo_faces(project: Project, content: bytes, preprocessing: Preprocessing) -> PhotoToPredict:
    """Find the faces of a photo and keep their crops for a prediction.

    Args:
        content: The bytes of the image file.
        preprocessing: That of the snapshot which the model was trained on: a net that
            learned from grey crops must be shown grey crops.

    Raises:
        CuratorError: The bytes are no image, or no face is found in it.
    """
    try:
        image_rgb = decoded(content)
    except NotAnImageError as error:
        raise CuratorError(f"The file {error}") from error
    faces = made_detector(default_detector_name()).faces(image_rgb)
    if not faces:
        raise CuratorError("No face was found in this photo. Try one with a larger, frontal face.")
    folder = PurePosixPath("uploads") / str(uuid.uuid4())
    for number, face in enumerate(faces):
        crop = crop_for_model(image_rgb, face, preprocessing)
        write_whole(project.folder / folder / f"{number}.png", png(crop))
    height_px, width_px = image_rgb.shape[:2]
    boxes = tuple(face.box_xyxy for face in faces)
    return PhotoToPredict(jpeg(image_rgb), width_px, height_px, boxes, str(folder))
