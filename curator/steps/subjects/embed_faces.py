"""Measure faces with dlib's net: 128 numbers each, near to those of the same person."""

import sys
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, select

from curator.core.faces.crops import frame
from curator.core.faces.face import FoundFace, stored_face
from curator.errors import CuratorError
from curator.steps.images.image_codec import NotAnImageError, decoded
from db.project.project_folder import Project
from db.tables.images import Face, Image

METHOD = "dlib 5 points, resnet v1, view"
"""What the embeddings of this module are stored under; another way needs another name."""

HOW_TO_INSTALL = (
    "Finding subjects by their faces needs two packages that are not installed. Install them "
    f'with: {sys.executable} -m pip install "fer-curator[subjects]"'
)
_CRASHED = "made the process die that measured it."
_FACE_BOX = (0.2, 0.25, 0.8, 0.85)
"""Where dlib's landmarks expect the face in the square of `curator.core.faces.crops.frame`, in
shares of its side: left, top, right, bottom. It reaches from the brows to the chin."""

Square = tuple[float, float, float]
"""Left, top and side of a face's square in a view, in shares of the view's side."""

WHOLE_VIEW: Square = (0.0, 0.0, 1.0)

_COLUMNS = (
    *(Face.id, Face.crop_sha256, Face.view_sha256, Face.landmarks, Face.is_whole),
    *(Face.x_min, Face.y_min, Face.x_max, Face.y_max),
    *(Image.name, Image.width_px, Image.height_px),
)


@dataclass(frozen=True)
class FaceToEmbed:
    """A face to measure.

    Attributes:
        face_id: The face.
        name: That of its image, for people.
        crop_sha256: Its crop, which tells when it has to be measured anew.
        view: Where its view lies.
        square: Where the face is in the view.
    """

    face_id: int
    name: str
    crop_sha256: str
    view: Path
    square: Square = WHOLE_VIEW


@dataclass(frozen=True, eq=False)
class EmbeddedFace:
    """What was measured of a face.

    Attributes:
        values: float32 (128,); None when it could not be measured.
        refused: Why not; empty when it could.
    """

    values: NDArray[np.float32] | None = None
    refused: str = ""


def why_missing() -> str | None:
    """Say what is missing to measure faces and how to install it; None when it is there."""
    is_there = find_spec("dlib") is not None and find_spec("face_recognition_models") is not None
    return None if is_there else HOW_TO_INSTALL


def check_installed() -> None:
    """Refuse to go on without the packages.

    Raises:
        CuratorError: They are not installed; says how to.
    """
    if (reason := why_missing()) is not None:
        raise CuratorError(reason)


def faces_to_embed(project: Project) -> list[FaceToEmbed]:
    """List all faces of a project in their order."""
    query = select(*_COLUMNS).join(Image, Face.image_id == Image.id).order_by(Face.id)
    with project.reading() as session:
        return [_to_embed(project, row) for row in session.execute(query)]


def _to_embed(project: Project, row: Row[*tuple[Any, ...]]) -> FaceToEmbed:
    box = row.x_min, row.y_min, row.x_max, row.y_max
    found = stored_face(box, row.landmarks, is_whole=row.is_whole)
    square = square_in_view(found, row.width_px, row.height_px)
    return FaceToEmbed(
        row.id, row.name, row.crop_sha256, project.views.path(row.view_sha256), square
    )


def square_in_view(face: FoundFace, width_px: int, height_px: int) -> Square:
    """Tell where a face is in its view; `width_px` and `height_px` are those of its image.

    A view is cut along the face's square. That of an image which is a crop already shows
    the whole image, and the square may stand out over it.

    Example:
        >>> eyes_and_mouth = np.array([[20, 30], [40, 30], [30, 40], [25, 52], [35, 52]], float)
        >>> crop = FoundFace((0, 0, 60, 80), eyes_and_mouth, 1, is_whole=True)
        >>> [round(share, 3) for share in square_in_view(crop, 60, 80)]
        [0.1, 0.055, 0.8]
    """
    if not face.is_whole or face.landmarks is None:
        return WHOLE_VIEW
    square, view_px = frame(replace(face, is_whole=False)), max(width_px, height_px)
    left, top = (middle - square.side_px / 2 for middle in square.centre_xy)
    beside, above = (view_px - width_px) / 2, (view_px - height_px) / 2
    return (left + beside) / view_px, (top + above) / view_px, square.side_px / view_px


def crashed(_: FaceToEmbed) -> EmbeddedFace:
    """Say of a face that it made the process die which measured it."""
    return EmbeddedFace(refused=_CRASHED)


def embed_face(face: FaceToEmbed) -> EmbeddedFace:
    """Measure one face by its view."""
    try:
        view_rgb = decoded(face.view.read_bytes())
    except (NotAnImageError, OSError) as error:
        return EmbeddedFace(refused=f"its view cannot be read: {error}")
    return EmbeddedFace(embedding(view_rgb, face.square))


def embedding(view_rgb: NDArray[np.uint8], square: Square = WHOLE_VIEW) -> NDArray[np.float32]:
    """Measure the face of a view.

    Five landmarks are found again, by dlib's own predictor: its net has learned from faces
    that were laid by these.

    Args:
        view_rgb: uint8 (s, s, 3), upright.
        square: Where the face is.

    Returns:
        float32 (128,), of a length near 1.4. The same person lies nearer than 0.6 as a rule.
    """
    nets = _nets()
    left, top, side = (share * len(view_rgb) for share in square)
    start, end = np.array(_FACE_BOX).reshape(2, 2) * side + (left, top)
    box = nets.dlib.rectangle(*(int(edge) for edge in (*start, *end)))
    landmarks = nets.landmarks(view_rgb, box)
    return np.array(nets.net.compute_face_descriptor(view_rgb, landmarks), np.float32)


@dataclass(frozen=True)
class _Nets:
    """dlib with its two nets: `landmarks` finds the points of a face, `net` measures it."""

    dlib: Any
    landmarks: Any
    net: Any


@cache
def _nets() -> _Nets:
    """Load the nets, once in each process."""
    import dlib  # noqa: PLC0415 - of an extra

    return _Nets(
        dlib,
        dlib.shape_predictor(str(_model("shape_predictor_5_face_landmarks.dat"))),
        dlib.face_recognition_model_v1(str(_model("dlib_face_recognition_resnet_model_v1.dat"))),
    )


def _model(name: str) -> Path:
    # The package tells where its files lie by means of pkg_resources, which is gone from
    # setuptools: it is found, never imported.
    package = find_spec("face_recognition_models")
    if package is None or package.origin is None:
        raise CuratorError(HOW_TO_INSTALL)
    return Path(package.origin).with_name("models") / name
