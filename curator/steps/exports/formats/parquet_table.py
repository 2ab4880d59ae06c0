"""One Parquet table a split, with the crops in it."""

from collections.abc import Iterator
from functools import partial
from typing import IO, cast

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow.parquet import ParquetWriter

from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    split_places,
)
from curator.steps.exports.exported_table import face_table
from curator.steps.exports.stream_sink import Sink

_FACES_A_GROUP = 1_000


def parquet_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `SPLIT.parquet`: the rows of the manifest and `image`, the bytes of a PNG file.

    `crop_sha256` is that of the crop as it was frozen, also where crops are cut again.
    """
    yield from description_files(export.snapshot)
    table = face_table(export)
    for split, places in split_places(export.snapshot).items():
        yield ExportedFile(f"{split}.parquet", partial(_parquet_parts, export, table, places))


def _parquet_parts(
    export: SnapshotExport, table: pd.DataFrame, places: NDArray[np.int64]
) -> Iterator[bytes]:
    schema = pa.Schema.from_pandas(table, preserve_index=False).remove_metadata()
    schema = schema.append(pa.field("image", pa.binary()))
    sink = Sink()
    # PNG is compressed already, and no two crops are alike.
    compression = {name: "NONE" if name == "image" else "ZSTD" for name in schema.names}
    how = {"compression": compression, "use_dictionary": schema.names[:-1]}
    with ParquetWriter(cast(IO[bytes], sink), schema, **how) as writer:
        for start in range(0, len(places), _FACES_A_GROUP):
            writer.write_table(
                _group(export, table, places[start : start + _FACES_A_GROUP], schema)
            )
            yield sink.taken()
    yield sink.taken()


def _group(
    export: SnapshotExport, table: pd.DataFrame, places: NDArray[np.int64], schema: pa.Schema
) -> pa.Table:
    rows = table.iloc[places].assign(image=[export.crop(int(place)) for place in places])
    return pa.Table.from_pandas(rows, schema, preserve_index=False).replace_schema_metadata()
