"""See what a file that came in shows: the work that other processes do."""

from dataclasses import dataclass
from pathlib import Path

import cv2

from curator.core.faces.detector import Box
from curator.errors import disk_errors_explained
from curator.steps.faces.cut_faces import CutFace, DetectionSession, cut_faces
from curator.steps.faces.detect_faces import CRASHED, NOT_LOOKED_AT
from curator.steps.images.image_codec import NotAnImageError, decoded, pixel_sha256
from curator.steps.images.perceptual_hash import phashes
from curator.steps.images.strip_metadata import without_metadata
from curator.steps.importing.archives.open_collection import CollectionFile, UnreadableFileError
from db.files.blobs import sha256_of
from db.files.staged_blobs import AsideBlob, put_aside
from db.project.known_images import erased_on, has_image

ERASED = "was erased on {}, at a person's wish, and is not taken in again."


@dataclass(frozen=True)
class FileToRead:
    """A file and the faces that its source states in it, in pixels of the upright image."""

    file: CollectionFile
    boxes_xyxy: tuple[Box, ...] = ()


@dataclass(frozen=True)
class ReadImage:
    """What a file shows.

    Attributes:
        blob: Its bytes as they are stored.
        pixels_sha256: The hash of its pixels.
        phashes: Its perceptual hashes by the columns of `db.tables.images.Image`.
        width_px: The width of the upright image.
        height_px: Its height.
        faces: Its faces.
    """

    blob: AsideBlob
    pixels_sha256: str
    phashes: dict[str, int]
    width_px: int
    height_px: int
    faces: tuple[CutFace, ...]

    @property
    def blobs(self) -> tuple[AsideBlob, ...]:
        """All that is to be kept of it."""
        return (self.blob, *(blob for face in self.faces for blob in face.blobs))


@dataclass(frozen=True)
class ReadFile:
    """What came of a file.

    Attributes:
        sha256: The hash of its bytes; empty when they could not be read.
        image: What it shows; None when it is known or refused.
        refused: Why it cannot be taken, after its name; empty when it can.
    """

    sha256: str = ""
    image: ReadImage | None = None
    refused: str = ""


def crashed_file(_: FileToRead) -> ReadFile:
    """Say of a file that it made the process die which looked at it."""
    return ReadFile(refused=CRASHED)


def read_image_file(to_see: FileToRead, *, looking: DetectionSession, database: Path) -> ReadFile:
    """Read a file and, unless the project has it, decode it and cut its faces out.

    Args:
        to_see: The file.
        looking: How to look.
        database: That of the project.
    """
    try:
        content = to_see.file.read()
        sha256 = sha256_of(content)
        if day := erased_on(
            database, sha256
        ):  # before all else: a photo may be here without a face
            return ReadFile(refused=ERASED.format(day))
        if has_image(database, sha256):
            return ReadFile(sha256)
        image = read_image(content, to_see.boxes_xyxy, looking)
        if day := erased_on(database, image.pixels_sha256):
            return ReadFile(refused=ERASED.format(day))
        return ReadFile(sha256, image)
    except (UnreadableFileError, NotAnImageError) as error:
        return ReadFile(refused=str(error))
    except cv2.error as error:
        return ReadFile(refused=NOT_LOOKED_AT.format(error.err))


def read_image(content: bytes, boxes_xyxy: tuple[Box, ...], looking: DetectionSession) -> ReadImage:
    """Decode an image, cut its faces out and write all of it aside.

    Raises:
        NotAnImageError: The bytes are no image that can be taken in.
        CuratorError: The disk takes no more.
    """
    image_rgb = decoded(content)
    height, width = image_rgb.shape[:2]
    with disk_errors_explained():
        blob = put_aside(looking.aside, looking.images, without_metadata(content))
    return ReadImage(
        blob=blob,
        pixels_sha256=pixel_sha256(image_rgb),
        phashes=phashes(image_rgb),
        width_px=width,
        height_px=height,
        faces=cut_faces(image_rgb, boxes_xyxy, looking),
    )
