"""The pixels of an export: crops as they were frozen, or cut out of their images again."""

import json
import struct
from collections.abc import Callable
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from curator.core.faces.crops import CROP_SIZE_PX, aligned_crop
from curator.core.faces.face import FoundFace, stored_face
from curator.core.faces.preprocessing import grey, paper_preprocessing
from curator.errors import CuratorError
from curator.steps.exports.exported_file import ExportChoices, SnapshotExport
from curator.steps.images.image_codec import decoded, png
from db.files.blobs import sha256_of
from db.project.project_folder import Project
from db.snapshot_folder.manifest import Snapshot
from db.tables.images import Image

_Pixels = NDArray[np.uint8]
_BOX = ["x_min", "y_min", "x_max", "y_max"]
_PNG_GREY = 0
_AS_FROZEN = "Export the crops as they were frozen."


def open_export(
    snapshot: Snapshot, choices: ExportChoices, project: Project | None
) -> SnapshotExport:
    """Put a snapshot on its way out.

    Args:
        snapshot: What goes out.
        choices: How.
        project: The one whose images it was cut from; None for a snapshot that has come
            away from its project.

    Raises:
        CuratorError: Crops are to be cut again and there is nothing to cut them from.
    """
    image = None if project is None else partial(_image_bytes, project)
    if choices.pixels == "as frozen":
        crop = _frozen(snapshot)
        return SnapshotExport(
            snapshot, choices, crop, lambda place: _png_pixels(crop(place)), image
        )
    if image is None:
        raise CuratorError(
            "To cut crops again, their images are needed, and there is no project here. "
            f"Name it with --project. Or: {_AS_FROZEN}"
        )
    if snapshot.about.get("format") == 1:
        raise CuratorError(
            f"{snapshot.title} was frozen by a version that did not keep where the eyes are, so "
            f"its faces cannot be cut again. Freeze it again. Or: {_AS_FROZEN}"
        )
    cut = cutting(snapshot, choices, image)
    return SnapshotExport(snapshot, choices, lambda place: png(cut(place)), cut, image)


def _frozen(snapshot: Snapshot) -> Callable[[int], bytes]:
    hashes = snapshot.faces["crop_sha256"].tolist()  # a table takes long to tell one cell

    def crop(place: int) -> bytes:
        try:
            content = snapshot.crop_path(hashes[place]).read_bytes()
        except FileNotFoundError:
            content = b""
        if sha256_of(content) != hashes[place]:
            raise CuratorError(
                f"The crop of face {snapshot.faces['face_id'].array[place]} is missing or has been "
                f"changed since {snapshot.title} was frozen. See what else: curator verify "
                f"{snapshot.title}"
            )
        return content

    return crop


def _png_pixels(content: bytes) -> _Pixels:
    pixels = decoded(content)
    return pixels[..., 0] if _png_size(content)[2] == _PNG_GREY else pixels


def _png_size(content: bytes) -> tuple[int, int, int]:
    """Read width, height and kind of colour from the head of a PNG file."""
    width, height, _, colour = struct.unpack_from(">IIBB", content, 16)
    return width, height, colour


def crop_shape(export: SnapshotExport) -> tuple[int, ...]:
    """Tell the shape that all crops of an export can have: (side, side) or (side, side, 3).

    Crops as they were frozen have it by their heads; one in colour makes all be in colour.

    Raises:
        CuratorError: They differ in size.
    """
    if export.choices.pixels != "as frozen":
        side = export.choices.side_px or CROP_SIZE_PX
        return (side, side, 3) if export.choices.pixels == "colour" else (side, side)
    kinds = {
        _png_size(_head(export.snapshot, name)) for name in export.snapshot.faces["crop_sha256"]
    }
    sizes = sorted({(height, width) for width, height, _ in kinds})
    if len(sizes) > 1:
        raise CuratorError(
            f"Arrays need crops of one size. {export.snapshot.title} has crops of "
            f"{' and '.join(f'{width} x {height}' for height, width in sizes)} px. "
            "Have them cut again: pixels colour, grey or paper."
        )
    return sizes[0] if {kind[2] for kind in kinds} == {_PNG_GREY} else (*sizes[0], 3)


def _head(snapshot: Snapshot, crop_sha256: str) -> bytes:
    with snapshot.crop_path(crop_sha256).open("rb", buffering=0) as file:
        return file.read(32)


def _image_bytes(project: Project, image_sha256: str) -> bytes:
    named = select(Image.blob_sha256).where(Image.sha256 == image_sha256)
    with project.reading() as session:
        blob_sha256 = session.scalar(named)
    try:
        return project.images.read(blob_sha256 or image_sha256)
    except FileNotFoundError:
        raise CuratorError(
            f"The source image {image_sha256} is not in the project: it has been erased, or the "
            f"snapshot comes from another project. {_AS_FROZEN}"
        ) from None


def cutting(
    snapshot: Snapshot, choices: ExportChoices, image: Callable[[str], bytes]
) -> Callable[[int], _Pixels]:
    """Return what cuts the face in a row of a snapshot out of its image again, by its place.

    Args:
        snapshot: Whose faces.
        choices: How they are cut.
        image: Reads a source image, as `SnapshotExport.image` does.
    """
    side_px = choices.side_px or CROP_SIZE_PX
    # Faces of one image follow one another, so that it is decoded once for all of them.
    pixels_of = lru_cache(maxsize=1)(lambda sha256: decoded(image(sha256)))

    def cut(place: int) -> _Pixels:
        image_rgb = pixels_of(snapshot.faces["image_sha256"].array[place])
        crop = aligned_crop(image_rgb, _face(snapshot, place), side_px)
        if choices.pixels == "paper":
            return paper_preprocessing(crop, side_px)
        return grey(crop) if choices.pixels == "grey" else crop

    return cut


def _face(snapshot: Snapshot, place: int) -> FoundFace:
    row = {name: snapshot.faces[name].array[place] for name in (*_BOX, "landmarks", "is_whole")}
    points = json.loads(row["landmarks"]) if row["landmarks"] else None
    return stored_face([row[edge] for edge in _BOX], points, is_whole=bool(row["is_whole"]))
