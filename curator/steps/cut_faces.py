"""Find the faces of one image file and cut them out: the work done in other processes."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from curator.core.detector import DETECTORS, Box, Detector, FoundFace
from curator.core.faces import aligned_crop, view_size_px
from curator.core.quality import Quality, face_quality
from curator.steps.hashing import phash, phash_mirrored
from curator.steps.image_files import NotAnImageError, decoded, jpeg, png


@dataclass(frozen=True)
class CutFace:
    """One face, ready to be stored; see `db.curation.Face` for the fields."""

    box_xyxy: Box
    landmarks: list[list[float]] | None
    confidence: float
    quality: Quality
    crop_png: bytes
    view_jpeg: bytes
    phash: int
    phash_mirrored: int


@dataclass(frozen=True)
class CutFaces:
    """What was found in one image.

    Attributes:
        faces: The largest first; may be empty.
        refused: Why the image could not be looked at; empty when it could.
    """

    faces: tuple[CutFace, ...] = ()
    refused: str = ""


@cache
def _detector(name: str) -> Detector:
    return DETECTORS[name]()


def cut_faces(path: Path, detector_name: str) -> CutFaces:
    """Find all faces of an image file and cut each out."""
    try:
        image_rgb = decoded(path.read_bytes())
        found = _detector(detector_name).faces(image_rgb)
        return CutFaces(tuple(cut_face(image_rgb, face) for face in found))
    except (NotAnImageError, OSError, cv2.error) as error:
        return CutFaces(refused=str(error))


def cut_face(image_rgb: NDArray[np.uint8], face: FoundFace) -> CutFace:
    """Cut one face out, as the crop of the set and as a view for people, and measure it."""
    crop = aligned_crop(image_rgb, face)
    view = aligned_crop(image_rgb, face, view_size_px(face))
    return CutFace(
        box_xyxy=face.box_xyxy,
        landmarks=None if face.landmarks is None else face.landmarks.tolist(),
        confidence=face.confidence,
        quality=face_quality(view, face),
        crop_png=png(crop),
        view_jpeg=jpeg(view),
        phash=phash(crop),
        phash_mirrored=phash_mirrored(crop),
    )
