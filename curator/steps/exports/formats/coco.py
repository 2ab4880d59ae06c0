"""COCO JSON with boxes and landmarks on the source images: what `pycocotools` reads."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from curator.errors import CuratorError
from curator.steps.exports.description import terms_of
from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    split_places,
    whole_file,
)
from curator.steps.exports.exported_table import class_numbers, face_table
from curator.steps.exports.json_rows import json_rows
from curator.steps.images.image_codec import decoded, opened_image, orientation, png
from db.labels import Expression
from db.snapshot_folder.manifest import Snapshot

KEYPOINTS = ("left_eye", "right_eye", "nose", "left_mouth_corner", "right_mouth_corner")
_IMAGE = ["image_sha256", "image_width_px", "image_height_px", "terms"]
_BOX = ["x_min", "y_min", "x_max", "y_max"]
_SAID_ELSEWHERE = ["face_id", "label", "split", "landmarks", *_BOX, *_IMAGE[:3]]
_VISIBLE = 2


def coco_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `images/IMAGE_SHA256.…` and `annotations/SPLIT.json`.

    Class numbers start at 1, an annotation has the number of its face, and its `attributes` are
    the other columns of the manifest. Where faces of one image stand in two splits, both list
    it. An image that its file wants turned is written upright, as PNG, since not all readers
    turn it and boxes are of the upright image; all others go out byte for byte.

    Raises:
        CuratorError: There is no project behind the snapshot, or it is of the first format.
    """
    if export.image is None:
        raise CuratorError(
            "COCO carries the source images, and there is no project here that has them. "
            "Name it with --project, or choose a format that carries crops, such as csv."
        )
    if export.snapshot.about.get("format") == 1:
        raise CuratorError(
            f"{export.snapshot.title} was frozen by a version that did not keep the size of the "
            "images. Freeze it again, or choose a format that carries crops, such as csv."
        )
    return chain(description_files(export.snapshot), _image_files(export, export.image))


def _image_files(export: SnapshotExport, image: Callable[[str], bytes]) -> Iterator[ExportedFile]:
    upright = lru_cache(maxsize=1)(lambda sha256: _upright(image(sha256)))
    names: dict[str, str] = {}
    for sha256 in export.snapshot.faces["image_sha256"].unique().tolist():
        names[sha256] = f"{sha256}.{upright(sha256)[0]}"
        yield whole_file(f"images/{names[sha256]}", partial(_content, upright, sha256))
    for split, places in split_places(export.snapshot).items():
        parts = partial(_json_parts, export, places, names)
        yield ExportedFile(f"annotations/{split}.json", parts)


def _content(upright: Callable[[str], tuple[str, bytes]], sha256: str) -> bytes:
    return upright(sha256)[1]


def _upright(content: bytes) -> tuple[str, bytes]:
    """Return the suffix and the bytes of an image that shows upright in every reader."""
    if orientation(content) != 1:
        return "png", png(decoded(content))
    with opened_image(content) as image:
        kind = str(image.format).lower()
    return "jpg" if kind == "jpeg" else kind, content


def _json_parts(
    export: SnapshotExport, places: NDArray[np.int64], names: Mapping[str, str]
) -> Iterator[bytes]:
    licences = _licences(export.snapshot)
    table = face_table(export).iloc[places]
    numbers = {sha256: number for number, sha256 in enumerate(names, start=1)}
    head = {"info": _info(export.snapshot), "licenses": licences, "categories": _categories()}
    yield json.dumps(head).encode("ascii")[:-1] + b',\n"images": [\n'
    yield from _listed(_images(table, names, numbers, {one["name"]: one["id"] for one in licences}))
    yield b'\n],\n"annotations": [\n'
    yield from _listed(_annotations(table, numbers))
    yield b"\n]}\n"


def _listed(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for place, row in enumerate(rows):
        yield (b",\n" if place else b"") + json.dumps(row, allow_nan=False).encode("ascii")


def _info(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "description": f"{snapshot.title}, content hash {snapshot.content_hash}",
        "version": str(snapshot.version),
        "date_created": snapshot.about.get("frozen_at", ""),
    }


def _licences(snapshot: Snapshot) -> list[dict[str, Any]]:
    stated = sorted(set(terms_of(snapshot).values()))
    return [{"id": number, "name": name} for number, name in enumerate(stated, start=1)]


def _categories() -> list[dict[str, Any]]:
    names = {"supercategory": "face", "keypoints": KEYPOINTS, "skeleton": []}
    return [
        {"id": number, "name": str(label), **names}
        for number, label in enumerate(Expression, start=1)
    ]


def _images(
    table: pd.DataFrame,
    names: Mapping[str, str],
    numbers: Mapping[str, int],
    licences: Mapping[str, int],
) -> Iterator[dict[str, Any]]:
    shown = table[_IMAGE].drop_duplicates("image_sha256")
    for sha256, width, height, terms in shown.itertuples(index=False, name=None):
        yield {
            "id": numbers[sha256],
            "file_name": names[sha256],
            "width": int(width),
            "height": int(height),
            "license": licences[terms],
        }


def _annotations(table: pd.DataFrame, numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    attributes = json_rows(table.drop(columns=_SAID_ELSEWHERE))
    images, classes = table["image_sha256"].tolist(), class_numbers(table).tolist()
    boxes, points = table[_BOX].to_numpy().tolist(), table["landmarks"].tolist()
    for row, face_id in enumerate(table["face_id"].tolist()):
        x_min, y_min, x_max, y_max = boxes[row]
        yield {
            "id": face_id,
            "image_id": numbers[images[row]],
            "category_id": classes[row] + 1,
            "bbox": [x_min, y_min, x_max - x_min, y_max - y_min],
            "area": (x_max - x_min) * (y_max - y_min),
            "iscrowd": 0,
            "segmentation": [],
            **_keypoints(points[row]),
            "attributes": next(attributes),
        }


def _keypoints(landmarks: str) -> dict[str, Any]:
    """Write the landmarks as COCO does: x, y and how it is seen of each; zeros for none."""
    points = json.loads(landmarks) if landmarks else []
    seen = [value for x, y in points for value in (x, y, _VISIBLE)]
    return {"keypoints": seen or [0] * 3 * len(KEYPOINTS), "num_keypoints": len(points)}
