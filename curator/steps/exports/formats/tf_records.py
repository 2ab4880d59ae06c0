"""TFRecord files: what `tf.data.TFRecordDataset` reads."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    split_places,
    whole_file,
)
from curator.steps.exports.exported_table import SOFT_COLUMNS, class_numbers, face_table
from curator.steps.exports.formats.tf_example import (
    bytes_feature,
    example,
    float_feature,
    int_feature,
    record,
)
from db.labels import Expression

FACES_A_SHARD = 10_000


def tf_record_files(
    export: SnapshotExport, *, faces_a_shard: int = FACES_A_SHARD
) -> Iterator[ExportedFile]:
    """Yield `SPLIT-00000-of-00003.tfrecord` and `labels.txt`, one label a line.

    Each example holds `image/encoded` (a PNG file), `image/format`, `image/class/label` (the
    number of a line of `labels.txt`, from 0), `image/class/text`, `face_id`, and
    `image/class/soft` (seven floats) where soft labels were chosen.
    """
    yield from description_files(export.snapshot)
    yield whole_file("labels.txt", "".join(f"{label}\n" for label in Expression).encode)
    for split, places in split_places(export.snapshot).items():
        shards = -(-len(places) // faces_a_shard)
        for shard in range(shards):
            part = places[shard * faces_a_shard : (shard + 1) * faces_a_shard]
            name = f"{split}-{shard:05d}-of-{shards:05d}.tfrecord"
            yield ExportedFile(name, partial(_records, export, part))


def _records(export: SnapshotExport, places: NDArray[np.int64]) -> Iterator[bytes]:
    rows = face_table(export).iloc[places]
    classes, face_ids = class_numbers(rows).tolist(), rows["face_id"].tolist()
    softs = rows[list(SOFT_COLUMNS)].to_numpy() if export.choices.labels == "soft" else None
    for row, place in enumerate(map(int, places)):
        features = {
            "face_id": int_feature(face_ids[row]),
            "image/class/label": int_feature(classes[row]),
            "image/class/text": bytes_feature(list(Expression)[classes[row]].encode("ascii")),
            "image/encoded": bytes_feature(export.crop(place)),
            "image/format": bytes_feature(b"png"),
        }
        if softs is not None:
            features["image/class/soft"] = float_feature(softs[row].tolist())
        yield record(example(features))
