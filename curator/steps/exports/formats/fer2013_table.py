"""The CSV of the FER2013 challenge: 48 x 48 grey levels as text, one face a row."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from curator.core.faces.preprocessing import grey, resized
from curator.steps.exports.exported_file import (
    ExportedFile,
    SnapshotExport,
    description_files,
    split_places,
    whole_file,
)
from db.labels import Expression

SIDE_PX = 48
NUMBERS = {
    Expression.ANGRY: 0,
    Expression.DISGUST: 1,
    Expression.FEAR: 2,
    Expression.HAPPY: 3,
    Expression.SAD: 4,
    Expression.SURPRISE: 5,
    Expression.NEUTRAL: 6,
}
USAGES = {"train": b"Training", "validation": b"PublicTest", "test": b"PrivateTest"}
_FACE_COLUMNS = ["face_id", "label", "split", "unit", "subject", "source"]
_LEVELS_AS_TEXT = np.array([f"{level} " for level in range(256)], "S4").view(np.uint8)
"""The letters of each grey level and a space, filled up with zeros to four."""


def fer2013_files(export: SnapshotExport) -> Iterator[ExportedFile]:
    """Yield `fer2013.csv` and `faces.csv`, which says which face each of its rows is.

    Rows come as in the original: all of one Usage together, the training rows first. Crops
    of another size than 48 px are brought to it.
    """
    yield from description_files(export.snapshot)
    places = np.concatenate(list(split_places(export.snapshot).values()))
    yield ExportedFile("fer2013.csv", partial(_csv_parts, export, places))
    rows = export.snapshot.faces[_FACE_COLUMNS].iloc[places]
    yield whole_file("faces.csv", rows.to_csv(index=False, lineterminator="\n").encode)


def _csv_parts(export: SnapshotExport, places: NDArray[np.int64]) -> Iterator[bytes]:
    labels, splits = export.snapshot.faces["label"].array, export.snapshot.faces["split"].array
    yield b"emotion,pixels,Usage\n"
    for place in map(int, places):
        levels = _as_text(export.crop_pixels(place))
        yield b"%d,%s,%s\n" % (NUMBERS[Expression(labels[place])], levels, USAGES[splits[place]])


def _as_text(crop: NDArray[np.uint8]) -> bytes:
    levels = grey(crop) if crop.shape[0] == SIDE_PX else resized(grey(crop), SIDE_PX)
    letters = _LEVELS_AS_TEXT.reshape(256, 4)[levels]
    return bytes(letters[letters != 0][:-1])
