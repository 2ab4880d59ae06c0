"""NumPy arrays in one `.npz`, written without ever holding all pixels."""

import io
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
from curator.steps.exports.open_export import crop_shape
from curator.steps.exports.streamed_zip import zip_parts
from db.labels import Expression


def npz_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `faces.npz`: `x_SPLIT`, `y_SPLIT`, `face_id_SPLIT` of each split, and `labels`.

    `x_…` is uint8 (n, side, side) where all crops are grey, else (n, side, side, 3) in RGB.
    `y_…` holds class numbers, int64 (n,), which count in `labels`; `soft_…`, float64 (n, 7),
    is there where soft labels were chosen.
    """
    yield from description_files(export.snapshot)
    yield ExportedFile("faces.npz", lambda: zip_parts(_arrays(export)))


def _arrays(export: SnapshotExport) -> Iterator[ExportedFile]:
    table, shape = face_table(export), crop_shape(export)
    classes, face_ids = class_numbers(table), table["face_id"].to_numpy()
    for split, places in split_places(export.snapshot).items():
        yield ExportedFile(f"x_{split}.npy", partial(_crops, export, places, shape))
        yield _array(f"y_{split}", classes[places])
        yield _array(f"face_id_{split}", face_ids[places])
        if export.choices.labels == "soft":
            yield _array(f"soft_{split}", table[list(SOFT_COLUMNS)].to_numpy()[places])
    yield _array("labels", np.array([str(label) for label in Expression]))


def _array(name: str, values: NDArray[np.generic]) -> ExportedFile:
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(values), allow_pickle=False)
    return whole_file(f"{name}.npy", file.getvalue)


def _crops(
    export: SnapshotExport, places: NDArray[np.int64], shape: tuple[int, ...]
) -> Iterator[bytes]:
    head = io.BytesIO()
    told = {"descr": "|u1", "fortran_order": False, "shape": (len(places), *shape)}
    np.lib.format.write_array_header_1_0(head, told)
    yield head.getvalue()
    for place in map(int, places):
        crop = export.crop_pixels(place)
        # One grey crop among those in colour has three equal channels.
        yield (crop if crop.ndim == len(shape) else np.repeat(crop[..., None], 3, -1)).tobytes()
