from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from curator.steps.exports.export_snapshot import export_folder
from curator.steps.exports.exported_file import ExportChoices
from curator.steps.exports.formats.tf_records import tf_record_files
from curator.steps.exports.open_export import open_export
from db.jobs.progress import finished
from db.snapshot_folder.manifest import read_snapshot
from tests.steps.exports.drawn import LABELS, drawn_snapshot

pytestmark = pytest.mark.slow

FEATURES = {
    "face_id": tf.io.FixedLenFeature([], tf.int64),
    "image/class/label": tf.io.FixedLenFeature([], tf.int64),
    "image/class/text": tf.io.FixedLenFeature([], tf.string),
    "image/class/soft": tf.io.FixedLenFeature([7], tf.float32),
    "image/encoded": tf.io.FixedLenFeature([], tf.string),
    "image/format": tf.io.FixedLenFeature([], tf.string),
}


def test_tf_data_reads_back_labels_splits_and_pixels(tmp_path: Path) -> None:
    drawn_snapshot(tmp_path / "drawn@1", 210)
    export = open_export(read_snapshot(tmp_path / "drawn@1"), ExportChoices(labels="soft"), None)
    finished(export_folder(export, "tfrecord", tmp_path / "out"))
    there = export.snapshot.faces.set_index("face_id")
    seen: set[int] = set()
    for split in ("train", "validation", "test"):
        files = tf.data.Dataset.list_files(str(tmp_path / "out" / f"{split}-*"), shuffle=False)
        records = tf.data.TFRecordDataset(files)
        for example in records.map(lambda one: tf.io.parse_single_example(one, FEATURES)):
            face_id = int(example["face_id"])
            face = there.loc[face_id]
            assert (face["split"], face["label"]) == (split, LABELS[example["image/class/label"]])
            assert example["image/class/text"].numpy().decode() == face["label"]
            assert example["image/class/soft"].numpy().tolist() == [
                float(label == face["label"]) for label in LABELS
            ]
            pixels = tf.io.decode_png(example["image/encoded"]).numpy()
            assert np.array_equal(np.squeeze(pixels), export.crop_pixels(face_id - 1))
            seen.add(face_id)
    assert seen == set(range(1, 211))


def test_shards_hold_so_many_faces_and_tf_data_reads_them_in_order(tmp_path: Path) -> None:
    drawn_snapshot(tmp_path / "drawn@1", 100)
    export = open_export(read_snapshot(tmp_path / "drawn@1"), ExportChoices(), None)
    shards = [
        file for file in tf_record_files(export, faces_a_shard=40) if file.name.startswith("train")
    ]
    train = export.snapshot.faces.query("split == 'train'")["face_id"].tolist()
    assert [file.name for file in shards] == [
        "train-00000-of-00002.tfrecord",
        "train-00001-of-00002.tfrecord",
    ]
    for file in shards:
        (tmp_path / file.name).write_bytes(b"".join(file.chunks()))
    records = tf.data.TFRecordDataset([str(tmp_path / file.name) for file in shards])
    wanted = {"face_id": FEATURES["face_id"]}
    found = [int(tf.io.parse_single_example(one, wanted)["face_id"]) for one in records]
    assert found == train
    assert 40 < len(train) <= 80
