"""One CSV table and the crops it names."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    whole_file,
)
from curator.steps.exports.exported_table import face_table

_ROWS_A_PART = 5_000


def csv_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `labels.csv` (the manifest with a column `file`) and `crops/FACE_ID.png`.

    `crop_sha256` is that of the crop as it was frozen, also where crops are cut again.
    """
    yield from description_files(export.snapshot)
    files = "crops/" + export.snapshot.faces["face_id"].astype("str") + ".png"
    table = face_table(export).assign(file=files)
    columns = ["file", "label", "split", *table.columns.drop(["file", "label", "split"])]
    yield ExportedFile("labels.csv", partial(_csv_parts, table[columns]))
    for place, name in enumerate(files):
        yield whole_file(name, partial(export.crop, place))


def _csv_parts(table: pd.DataFrame) -> Iterator[bytes]:
    for start in range(0, len(table), _ROWS_A_PART):
        rows = table.iloc[start : start + _ROWS_A_PART]
        text = rows.to_csv(index=False, header=start == 0, lineterminator="\n")
        yield text.encode("utf-8")
