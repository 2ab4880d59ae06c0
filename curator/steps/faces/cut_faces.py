"""Cut the faces of an image out, measure them, and write their pictures aside."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from curator.core.faces.crops import CROP_SIZE_PX, crop_and_view, stated_faces, whole_image_face
from curator.core.faces.detector import Box, Detector, FoundFace
from curator.core.faces.preprocessing import without_colour
from curator.core.faces.quality import face_quality
from curator.errors import disk_errors_explained
from curator.steps.faces.choose_detector import made_detector
from curator.steps.images.image_codec import jpeg, png
from curator.steps.images.perceptual_hash import phashes
from db.files.blobs import BlobStore
from db.files.staged_blobs import AsideBlob, put_aside


@dataclass(frozen=True)
class DetectionSession:
    """How images are looked at, and where the pictures of their faces go.

    Attributes:
        detector_name: One of `DETECTORS`.
        holds_crops: Whether each image is one face and is taken as it is.
        aside: The folder for what is not kept yet.
        images: The store of the source images.
        crops: That of the crops.
        views: That of the views.
    """

    detector_name: str
    holds_crops: bool
    aside: Path
    images: BlobStore
    crops: BlobStore
    views: BlobStore

    @property
    def detector(self) -> Detector:
        """The detector, made once in each process."""
        return detector_in_process(self.detector_name)


@cache
def detector_in_process(name: str) -> Detector:
    """Make a detector, once in each process."""
    return made_detector(name)


def load(detector_name: str) -> None:
    """Load what cutting faces needs, before the first file is there."""
    detector_in_process(detector_name)
    phashes(np.zeros((CROP_SIZE_PX, CROP_SIZE_PX), np.uint8))  # loads its transform when called


@dataclass(frozen=True)
class CutFace:
    """One face, ready to be stored.

    Attributes:
        row: The columns of `db.tables.images.Face` that the picture tells.
        blobs: Its crop and its view.
    """

    row: dict[str, Any]
    blobs: tuple[AsideBlob, AsideBlob]


def cut_faces(
    image_rgb: NDArray[np.uint8], boxes_xyxy: tuple[Box, ...], looking: DetectionSession
) -> tuple[CutFace, ...]:
    """Find all faces of an image and cut each out.

    Args:
        image_rgb: uint8 (h, w, 3), upright.
        boxes_xyxy: Faces that the source states; the detector adds their landmarks and
            finds those that the source says nothing of.
        looking: How to look.

    Returns:
        The stated faces in their order, without those whose box lies outside the image;
        then the others, the largest first.
    """
    pixels = without_colour(image_rgb)
    if looking.holds_crops:
        return (_cut_face(pixels, whole_image_face(image_rgb, looking.detector), None, looking),)
    found = looking.detector.faces(image_rgb)
    if not boxes_xyxy:
        return tuple(_cut_face(pixels, face, None, looking) for face in found)
    height, width = image_rgb.shape[:2]
    faces, dropped = stated_faces(boxes_xyxy, found, (width, height))
    numbers = [n for n in range(1, len(boxes_xyxy) + 1) if n - 1 not in dropped]
    return tuple(
        _cut_face(pixels, face, numbers[place] if place < len(numbers) else None, looking)
        for place, face in enumerate(faces)
    )


def _cut_face(
    pixels: NDArray[np.uint8], face: FoundFace, box_number: int | None, looking: DetectionSession
) -> CutFace:
    crop, view = crop_and_view(pixels, face)
    with disk_errors_explained():
        blobs = (
            put_aside(looking.aside, looking.crops, png(crop)),
            put_aside(looking.aside, looking.views, jpeg(view)),
        )
    x_min, y_min, x_max, y_max = face.box_xyxy
    row = {
        "x_min": x_min,
        "y_min": y_min,
        "x_max": x_max,
        "y_max": y_max,
        "landmarks": None if face.landmarks is None else face.landmarks.tolist(),
        "is_whole": face.is_whole,
        "box_number": box_number,
        "detector": looking.detector_name,
        "confidence": face.confidence,
        "quality": face_quality(view, face),
        "crop_sha256": blobs[0].sha256,
        "view_sha256": blobs[1].sha256,
        **phashes(crop),
    }
    return CutFace(row, blobs)
