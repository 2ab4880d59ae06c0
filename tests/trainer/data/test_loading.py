from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from db.snapshot_folder.manifest import read_snapshot
from tests.trainer.makers import LABELS, make_crop, make_snapshot
from trainer.data.loading import check_trainable, chosen_rows, decode_crop, load_faces
from trainer.errors import TrainerError


def test_faces_come_as_uint8_with_class_numbers_in_the_order_of_the_labels(tmp_path: Path) -> None:
    snapshot = read_snapshot(make_snapshot(tmp_path))
    rows = chosen_rows(snapshot.faces, "validation", most_per_label=None, seed=0)

    faces = load_faces(snapshot, rows, 75)

    assert faces.crops.shape == (14, 75, 75, 3)
    assert faces.crops.dtype == np.uint8
    assert faces.classes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    assert faces.units[:2].tolist() == ["validation-angry-0", "validation-angry-0"]
    assert len(faces) == 14


def test_a_limit_keeps_so_many_faces_of_each_label_drawn_by_the_seed(tmp_path: Path) -> None:
    snapshot = read_snapshot(make_snapshot(tmp_path))

    rows = chosen_rows(snapshot.faces, "train", most_per_label=3, seed=1)

    assert rows.groupby("label").size().to_dict() == dict.fromkeys(LABELS, 3)
    assert rows["face_id"].is_monotonic_increasing
    again = chosen_rows(snapshot.faces, "train", most_per_label=3, seed=1)
    other = chosen_rows(snapshot.faces, "train", most_per_label=3, seed=2)
    assert rows["face_id"].tolist() == again["face_id"].tolist() != other["face_id"].tolist()


def test_grey_stands_in_all_three_channels() -> None:
    crop = decode_crop(make_crop("happy", 1), 75)

    assert (crop[..., 0] == crop[..., 1]).all()
    assert (crop[..., 1] == crop[..., 2]).all()


def test_a_picture_of_another_size_is_brought_to_the_nets() -> None:
    buffer = BytesIO()
    Image.new("RGB", (48, 60), (200, 100, 50)).save(buffer, "PNG")

    crop = decode_crop(buffer.getvalue(), 75)

    assert crop.shape == (75, 75, 3)
    assert crop[0, 0].tolist() == [200, 100, 50]


def test_bytes_that_are_no_picture_are_refused() -> None:
    with pytest.raises(TrainerError, match="Received bytes that cannot be decoded"):
        decode_crop(b"nothing", 75)


def test_an_empty_split_is_said_before_training(tmp_path: Path) -> None:
    snapshot = read_snapshot(make_snapshot(tmp_path, faces_per_label={"train": 1}))

    with pytest.raises(TrainerError, match="no face in the validation and the test split"):
        check_trainable(snapshot.title, snapshot.faces)


def test_a_label_without_a_training_face_is_said_before_training(tmp_path: Path) -> None:
    snapshot = read_snapshot(make_snapshot(tmp_path, labels=LABELS[:5]))

    with pytest.raises(TrainerError, match="no training face labelled sad, surprise"):
        check_trainable(snapshot.title, snapshot.faces)


def test_a_changed_and_a_missing_crop_are_named(tmp_path: Path) -> None:
    snapshot = read_snapshot(make_snapshot(tmp_path))
    rows = chosen_rows(snapshot.faces, "test", most_per_label=1, seed=0)
    path = snapshot.crop_path(rows["crop_sha256"].iloc[0])

    path.write_bytes(make_crop("sad", 99))
    with pytest.raises(TrainerError, match=f"{path.name} has been changed"):
        load_faces(snapshot, rows, 75)

    path.unlink()
    with pytest.raises(TrainerError, match=f"{path.name} is missing"):
        load_faces(snapshot, rows, 75)
