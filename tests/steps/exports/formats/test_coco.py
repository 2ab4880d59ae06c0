"""What COCO says of boxes, landmarks and images."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import pandas as pd
import pytest
from PIL import Image

from curator.errors import CuratorError
from curator.steps.exports.exported_file import SnapshotExport
from curator.steps.exports.formats.coco import coco_files
from curator.steps.images.image_codec import ORIENTATION_TAG, jpeg
from tests.makers import make_pixels
from tests.steps.exports.tool_readers import image_of, opened_coco

POINTS = "[[20.5, 30], [50, 30], [35, 45], [25, 60], [45, 60]]"


def with_faces(export: SnapshotExport, change: Callable[[pd.DataFrame], None]) -> SnapshotExport:
    faces = export.snapshot.faces.copy()
    change(faces)
    return replace(export, snapshot=replace(export.snapshot, faces=faces))


def write(export: SnapshotExport, folder: Path) -> Path:
    for file in coco_files(export):
        place = folder / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"".join(file.chunks()))
    return folder


def jpeg_that_wants_turning() -> bytes:
    """An image 90 wide and 75 high, shown 75 wide and 90 high."""
    exif, sink = Image.Exif(), io.BytesIO()
    exif[ORIENTATION_TAG] = 6
    Image.fromarray(cv2.resize(make_pixels(1), (90, 75))).save(sink, "jpeg", exif=exif)
    return sink.getvalue()


def test_a_face_has_its_box_its_keypoints_and_its_votes(
    export: SnapshotExport, tmp_path: Path
) -> None:
    def change(faces: pd.DataFrame) -> None:
        faces.loc[0, ["x_min", "y_min", "x_max", "y_max"]] = [10.0, 20.0, 60.0, 70.5]
        faces.loc[0, "landmarks"] = POINTS
        faces.loc[0, "subject"] = "subject-1"

    changed = with_faces(export, change)
    split = changed.snapshot.faces["split"].array[0]
    found = opened_coco(write(changed, tmp_path) / "annotations" / f"{split}.json")
    (face,) = found.loadAnns([1])
    assert face["bbox"] == [10, 20, 50, 50.5]
    assert face["area"] == 2525
    assert face["keypoints"] == [20.5, 30, 2, 50, 30, 2, 35, 45, 2, 25, 60, 2, 45, 60, 2]
    assert face["num_keypoints"] == 5
    said = face["attributes"]
    assert (said["votes"], said["votes_angry"], said["subject"]) == (3, 2, "subject-1")
    assert said["share"] == pytest.approx(2 / 3)
    assert found.loadCats(face["category_id"])[0]["keypoints"] == [
        "left_eye",
        "right_eye",
        "nose",
        "left_mouth_corner",
        "right_mouth_corner",
    ]


def test_a_face_without_landmarks_has_15_zeros(export: SnapshotExport, tmp_path: Path) -> None:
    split = export.snapshot.faces["split"].array[0]
    (face,) = opened_coco(write(export, tmp_path) / "annotations" / f"{split}.json").loadAnns([1])
    assert (face["keypoints"], face["num_keypoints"]) == ([0] * 15, 0)


def test_an_image_that_wants_turning_is_written_upright(
    export: SnapshotExport, tmp_path: Path
) -> None:
    def change(faces: pd.DataFrame) -> None:
        faces.loc[0, ["image_width_px", "image_height_px"]] = [75, 90]

    content = jpeg_that_wants_turning()
    changed = replace(with_faces(export, change), image=lambda _: content)
    faces = changed.snapshot.faces
    folder = write(changed, tmp_path)
    found = opened_coco(folder / "annotations" / f"{faces['split'].array[0]}.json")
    image = image_of(found, found.loadAnns([1])[0])
    assert image["file_name"] == f"{faces['image_sha256'].array[0]}.png"
    with Image.open(folder / "images" / image["file_name"]) as written:
        assert written.size == (image["width"], image["height"]) == (75, 90)
        assert not written.getexif()


def test_an_upright_image_goes_out_byte_for_byte_with_its_own_suffix(
    export: SnapshotExport, tmp_path: Path
) -> None:
    content = jpeg(make_pixels(1))
    write(replace(export, image=lambda _: content), tmp_path)
    sent = list((tmp_path / "images").iterdir())
    assert {path.suffix for path in sent} == {".jpg"}
    assert {path.read_bytes() for path in sent} == {content}


def test_an_image_with_faces_in_two_splits_is_listed_in_both(
    export: SnapshotExport, tmp_path: Path
) -> None:
    def change(faces: pd.DataFrame) -> None:
        faces.loc[1, "image_sha256"] = faces["image_sha256"].array[0]
        faces.loc[[0, 1], "split"] = ["train", "test"]

    folder = write(with_faces(export, change), tmp_path)
    train, test = (opened_coco(folder / f"annotations/{name}.json") for name in ("train", "test"))
    one = image_of(train, train.loadAnns([1])[0])
    assert image_of(test, test.loadAnns([2])[0]) == one
    assert len(list((folder / "images").iterdir())) == 20


def test_without_a_project_it_says_what_to_do(export: SnapshotExport) -> None:
    with pytest.raises(CuratorError, match="Name it with --project"):
        coco_files(replace(export, image=None))


def test_a_snapshot_of_the_first_format_is_refused(export: SnapshotExport) -> None:
    old = replace(export.snapshot, about={**export.snapshot.about, "format": 1})
    with pytest.raises(CuratorError, match="did not keep the size"):
        coco_files(replace(export, snapshot=old))
