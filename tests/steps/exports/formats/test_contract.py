"""What every format keeps: `FORMATS` and `READERS` name them."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from curator.errors import CuratorError
from curator.steps.exports.export_snapshot import (
    export_folder,
    export_title,
    export_zip,
    zip_chunks,
)
from curator.steps.exports.exported_file import ExportChoices, Labels, SnapshotExport
from curator.steps.exports.formats import FORMATS
from db.jobs.progress import finished
from db.labels import Expression
from db.snapshot_folder.manifest import Snapshot
from tests.steps.exports import readers
from tests.steps.exports.readers import Back, pixels_of
from tests.steps.exports.tool_readers import TOOL_READERS

READERS = readers.READERS | TOOL_READERS

SOFT_FORMATS = [name for name, chosen in FORMATS.items() if chosen.carries_soft]


def expected_pixels(format_name: str, crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if format_name != "fer2013":
        return crop
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (48, 48), interpolation=cv2.INTER_AREA), np.uint8)


def check_all_came_back(format_name: str, snapshot: Snapshot, back: Mapping[int, Back]) -> None:
    faces = snapshot.faces
    assert len(faces) == 21
    there = dict(
        zip(faces["face_id"], zip(faces["label"], faces["split"], strict=True), strict=True)
    )
    assert {face_id: (face.label, face.split) for face_id, face in back.items()} == there
    if not FORMATS[format_name].carries_crops:
        return
    for face_id, sha256 in zip(there, faces["crop_sha256"], strict=True):
        crop = pixels_of(snapshot.crop_path(sha256).read_bytes())
        pixels = back[face_id].pixels
        assert pixels is not None
        assert np.array_equal(pixels, expected_pixels(format_name, crop))


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_format_has_a_reader() -> None:
    assert list(READERS) == list(FORMATS)


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_what_goes_out_reads_back_with_the_same_labels_splits_and_pixels(
    export: SnapshotExport, format_name: str, tmp_path: Path
) -> None:
    files = finished(export_folder(export, format_name, tmp_path / "out"))
    check_all_came_back(format_name, export.snapshot, READERS[format_name](tmp_path / "out"))
    assert files == len(files_of(tmp_path / "out"))


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_the_zip_holds_the_files_of_the_folder_and_is_equal_twice(
    export: SnapshotExport, format_name: str, tmp_path: Path
) -> None:
    content = b"".join(zip_chunks(export, format_name))
    assert content == b"".join(zip_chunks(export, format_name))
    finished(export_zip(export, format_name, tmp_path / "out.zip"))
    assert (tmp_path / "out.zip").read_bytes() == content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    back = READERS[format_name](tmp_path / export_title(export, format_name))
    check_all_came_back(format_name, export.snapshot, back)
    finished(export_folder(export, format_name, tmp_path / "out"))
    assert files_of(tmp_path / "out") == files_of(tmp_path / f"set@1-{format_name}")


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_every_format_carries_the_card_and_the_recipe(
    export: SnapshotExport, format_name: str
) -> None:
    names = [file.name for file in FORMATS[format_name].files(export)]
    assert {"recipe.json", "snapshot.json"} <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("format_name", SOFT_FORMATS)
def test_soft_labels_are_the_shares_of_the_votes(
    soft_export: SnapshotExport, format_name: str, tmp_path: Path
) -> None:
    finished(export_folder(soft_export, format_name, tmp_path / "out"))
    back = READERS[format_name](tmp_path / "out")
    angry, also_angry = back[1].soft, back[2].soft
    assert angry == pytest.approx((2 / 3, 0, 0, 0, 0, 1 / 3, 0), abs=1e-7)
    assert also_angry == (1, 0, 0, 0, 0, 0, 0)
    check_all_came_back(format_name, soft_export.snapshot, back)


@pytest.mark.parametrize("format_name", [name for name in FORMATS if name not in SOFT_FORMATS])
def test_a_format_without_a_place_for_soft_labels_refuses_them(
    soft_export: SnapshotExport, format_name: str, tmp_path: Path
) -> None:
    with pytest.raises(CuratorError, match="no place for soft labels"):
        finished(export_folder(soft_export, format_name, tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_a_face_that_only_a_final_word_settled_counts_as_one_vote_for_its_label(
    export: SnapshotExport, format_name: str, tmp_path: Path
) -> None:
    faces = export.snapshot.faces.copy()
    faces.loc[faces["face_id"] == 4, [f"votes_{label}" for label in Expression]] = 0
    labels: Labels = "soft" if FORMATS[format_name].carries_soft else "hard"
    choices = ExportChoices(labels=labels)
    unvoted = replace(export, snapshot=replace(export.snapshot, faces=faces), choices=choices)
    finished(export_folder(unvoted, format_name, tmp_path / "out"))
    face = READERS[format_name](tmp_path / "out")[4]
    assert face.label == "disgust"
    assert face.soft == ((0, 1, 0, 0, 0, 0, 0) if labels == "soft" else None)
