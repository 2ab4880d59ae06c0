"""An image folder with a dataset card: what `datasets.load_dataset(FOLDER)` opens."""

import io
import json
from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow.parquet import write_table

from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    split_places,
    whole_file,
)
from curator.steps.exports.exported_table import class_numbers, face_table
from curator.steps.exports.formats.hugging_face_card import hugging_face_card
from db.labels import Expression

_FACES_A_FOLDER = 5_000
"""The hub takes 10,000 files a folder."""

_CLASS_LABEL = {"names": [str(label) for label in Expression], "_type": "ClassLabel"}
_SAID_TO_THE_LIBRARY = {"info": {"features": {"label": _CLASS_LABEL}}}
"""An image folder takes its features from here, and not from the card as other data sets do."""


def hugging_face_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `SPLIT/000/FACE_ID.png`, `SPLIT/metadata.parquet` and `README.md`, the dataset card.

    The card goes before the snapshot's own, which follows in the same file. A row of
    `metadata.parquet` has the columns of the manifest, `label` as a class number, and
    `file_name`. A split without faces is left out, since the library refuses an empty one.
    """
    described = description_files(export.snapshot)
    yield from (file for file in described if file.name != "README.md")
    table = face_table(export)
    table = table.assign(label=class_numbers(table)).drop(columns="split")
    splits = {split: at for split, at in split_places(export.snapshot).items() if len(at)}
    schema = _schema(table)
    card = partial(hugging_face_card, export.snapshot, schema, list(splits))
    yield whole_file("README.md", card)
    for split, places in splits.items():
        names = _file_names(table["face_id"].to_numpy()[places])
        rows = table.iloc[places].assign(file_name=names)
        yield whole_file(f"{split}/metadata.parquet", partial(_parquet, rows, schema))
        for name, place in zip(names, map(int, places), strict=True):
            yield whole_file(f"{split}/{name}", partial(export.crop, place))


def _file_names(face_ids: NDArray[np.int64]) -> list[str]:
    return [f"{row // _FACES_A_FOLDER:03d}/{face_id}.png" for row, face_id in enumerate(face_ids)]


def _schema(table: pd.DataFrame) -> pa.Schema:
    """Return the columns with the types that the library has a name for."""
    inferred = pa.Schema.from_pandas(table, preserve_index=False)
    fields = [
        pa.field(field.name, pa.string() if pa.types.is_large_string(field.type) else field.type)
        for field in inferred
    ]
    told = {"huggingface": json.dumps(_SAID_TO_THE_LIBRARY)}
    return pa.schema([pa.field("file_name", pa.string()), *fields], told)


def _parquet(rows: pd.DataFrame, schema: pa.Schema) -> bytes:
    sink = io.BytesIO()
    table = pa.Table.from_pandas(rows, schema, preserve_index=False)
    table = table.replace_schema_metadata(schema.metadata)
    write_table(table, sink, compression="zstd", row_group_size=_FACES_A_FOLDER)
    return sink.getvalue()
