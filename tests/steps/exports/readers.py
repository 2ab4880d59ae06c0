"""Read each format as its users do, by the library that it is made for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.labels import SPLITS, Expression
from tests.steps.exports.tf_records import read_examples

LABELS = [str(label) for label in Expression]
SOFT = [f"soft_{label}" for label in LABELS]


@dataclass(frozen=True, eq=False)
class Back:
    """One face as it came back.

    Attributes:
        label: Its label.
        split: Its split.
        pixels: uint8 (side, side), or (side, side, 3) in RGB; None where the format carries
            source images.
        soft: The shares of the seven labels in the order of `Expression`; None where the
            export has none.
    """

    label: str
    split: str
    pixels: NDArray[np.uint8] | None = None
    soft: tuple[float, ...] | None = None


Reader = Callable[[Path], Mapping[int, Back]]


def pixels_of(content: bytes) -> NDArray[np.uint8]:
    """Decode a PNG file as it is: grey, or colour in RGB."""
    pixels = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    assert pixels is not None
    return np.asarray(pixels if pixels.ndim == 2 else pixels[..., ::-1], np.uint8)


def soft_of(row: Mapping[Any, Any]) -> tuple[float, ...] | None:
    """Take the soft labels out of a row of a table, if it has any."""
    return tuple(float(row[name]) for name in SOFT) if SOFT[0] in row else None


def read_folders(folder: Path) -> dict[int, Back]:
    return {
        int(path.stem): Back(path.parent.name, path.parts[-3], pixels_of(path.read_bytes()))
        for path in folder.glob("*/*/*.png")
    }


def read_csv(folder: Path) -> dict[int, Back]:
    return {
        row["face_id"]: Back(
            row["label"],
            row["split"],
            pixels_of((folder / row["file"]).read_bytes()),
            soft_of(row),
        )
        for row in pd.read_csv(folder / "labels.csv").to_dict(orient="records")
    }


def read_parquet(folder: Path) -> dict[int, Back]:
    return {
        row["face_id"]: Back(row["label"], row["split"], pixels_of(row["image"]), soft_of(row))
        for split in SPLITS
        for row in pd.read_parquet(folder / f"{split}.parquet").to_dict(orient="records")
        if row["split"] == split
    }


def read_fer2013(folder: Path) -> dict[int, Back]:
    """Read it with the numbers and words that the challenge published."""
    labels = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    splits = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}
    faces = pd.read_csv(folder / "faces.csv")["face_id"]
    table = pd.read_csv(folder / "fer2013.csv")
    assert list(table.columns) == ["emotion", "pixels", "Usage"]
    rows = table.to_dict(orient="records")
    return {
        int(face_id): Back(
            labels[row["emotion"]],
            splits[row["Usage"]],
            np.array(row["pixels"].split(), np.uint8).reshape(48, 48),
        )
        for face_id, row in zip(faces, rows, strict=True)
    }


def read_npz(folder: Path) -> dict[int, Back]:
    with np.load(folder / "faces.npz", allow_pickle=False) as arrays:
        return dict(_faces_of(arrays))


def _faces_of(arrays: Mapping[str, NDArray[np.generic]]) -> Iterator[tuple[int, Back]]:
    labels = arrays["labels"].tolist()
    for split in SPLITS:
        x, y = np.asarray(arrays[f"x_{split}"], np.uint8), arrays[f"y_{split}"]
        for row, face_id in enumerate(arrays[f"face_id_{split}"].tolist()):
            soft = arrays[f"soft_{split}"][row] if f"soft_{split}" in arrays else None
            shares = None if soft is None else tuple(soft.tolist())
            yield face_id, Back(labels[y[row]], split, x[row], shares)


def read_tf_records(folder: Path) -> dict[int, Back]:
    labels = (folder / "labels.txt").read_text().split()
    return {
        example["face_id"][0]: Back(
            labels[example["image/class/label"][0]],
            path.name.partition("-")[0],
            pixels_of(example["image/encoded"][0]),
            tuple(example["image/class/soft"]) if "image/class/soft" in example else None,
        )
        for path in folder.glob("*.tfrecord")
        for example in read_examples(path.read_bytes())
    }


READERS: dict[str, Reader] = {
    "folders": read_folders,
    "csv": read_csv,
    "parquet": read_parquet,
    "fer2013": read_fer2013,
    "npz": read_npz,
    "tfrecord": read_tf_records,
}
"""A reader for every entry of `FORMATS`."""
