"""Tar shards of faces: what `webdataset` and `datasets` stream."""

import json
import tarfile
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    split_places,
    whole_file,
)
from curator.steps.exports.exported_table import SOFT_COLUMNS, class_numbers, face_table
from curator.steps.exports.json_rows import json_rows
from db.labels import Expression

FACES_A_SHARD = 10_000


def web_dataset_files(
    export: SnapshotExport, *, faces_a_shard: int = FACES_A_SHARD
) -> Iterator[ExportedFile]:
    """Yield `SPLIT-000000.tar` and `labels.txt`, one label a line.

    A face is three members, `FACE_ID.png`, `FACE_ID.cls` (the number of a line of `labels.txt`,
    from 0, as text) and `FACE_ID.json`: its row of the manifest, where `soft` holds the seven
    shares if soft labels were chosen. Measures that a face lacks are null.
    """
    yield from description_files(export.snapshot)
    yield whole_file("labels.txt", "".join(f"{label}\n" for label in Expression).encode)
    table = face_table(export)
    for split, places in split_places(export.snapshot).items():
        for shard, start in enumerate(range(0, len(places), faces_a_shard)):
            part = places[start : start + faces_a_shard]
            name = f"{split}-{shard:06d}.tar"
            yield ExportedFile(name, partial(_tar_parts, export, table, part))


def _tar_parts(
    export: SnapshotExport, table: pd.DataFrame, places: NDArray[np.int64]
) -> Iterator[bytes]:
    rows = table.iloc[places]
    classes = class_numbers(rows).tolist()
    for number, place, row in zip(classes, map(int, places), json_rows(rows), strict=True):
        face_id, said = row["face_id"], json.dumps(_with_soft_list(row))
        yield _member(f"{face_id}.png", export.crop(place))
        yield _member(f"{face_id}.cls", str(number).encode("ascii"))
        yield _member(f"{face_id}.json", said.encode("ascii"))
    yield bytes(2 * tarfile.BLOCKSIZE)


def _with_soft_list(row: dict[str, Any]) -> dict[str, Any]:
    if SOFT_COLUMNS[0] in row:
        row["soft"] = [row.pop(name) for name in SOFT_COLUMNS]
    return row


def _member(name: str, content: bytes) -> bytes:
    """Return a file as it stands in a tar: equal ones are equal, whoever made them and when."""
    head = tarfile.TarInfo(name)
    head.size = len(content)
    return head.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % tarfile.BLOCKSIZE)
