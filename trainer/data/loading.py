"""From a snapshot folder to arrays in memory."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from db.files.blobs import sha256_of
from db.labels import SPLITS, Expression
from db.snapshot_folder.manifest import FINAL_WORD, VOTE_COLUMNS, Snapshot
from trainer.errors import TrainerError

LABELS = tuple(str(label) for label in Expression)
"""Class number i is `LABELS[i]`."""


@dataclass(frozen=True)
class Faces:
    """The faces of one split.

    Attributes:
        crops: RGB, uint8, shape (n, size_px, size_px, 3).
        classes: Class numbers, int64, shape (n,).
        units: The unit of each face, shape (n,).
        face_ids: The ids they have in their project, int64, shape (n,).
        votes: Annotations by label, int64, shape (n, 7); none for a face whose label is a
            final word, since its votes are not what it is thought to show.
    """

    crops: NDArray[np.uint8]
    classes: NDArray[np.int64]
    units: NDArray[Any]
    face_ids: NDArray[np.int64]
    votes: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.classes)


def check_trainable(title: str, rows: pd.DataFrame) -> None:
    """Refuse rows of a manifest that nothing can be learned or measured on.

    Args:
        title: What people call them.
        rows: With the columns `split` and `label`.

    Raises:
        TrainerError: A split is empty, or a label has no face to train on.
    """
    splits = rows.groupby("split").size()
    empty = [split for split in SPLITS if split not in splits]
    if empty:
        raise TrainerError(
            f"{title} has no face in the {' and the '.join(empty)} split. "
            "Freeze it again with more faces or with other shares of the splits."
        )
    trained = set(rows.loc[rows["split"] == "train", "label"])
    missing = [label for label in LABELS if label not in trained]
    if missing:
        raise TrainerError(
            f"{title} has no training face labelled {', '.join(missing)}: "
            "a net needs at least one of each label. Label more faces and freeze again."
        )


def chosen_rows(
    rows: pd.DataFrame, split: str, *, most_per_label: int | None, seed: int
) -> pd.DataFrame:
    """Choose rows of a split, at most so many a label.

    Args:
        rows: A manifest's, or some of them.
        split: Which split.
        most_per_label: None for all.
        seed: Draws which faces a label keeps.

    Returns:
        Rows in the order of `face_id`.
    """
    rows = rows[rows["split"] == split]
    if most_per_label is None:
        return rows
    drawn = rows.sample(frac=1, random_state=seed).groupby("label").head(most_per_label)
    return drawn.sort_values("face_id")


def load_faces(snapshot: Snapshot, rows: pd.DataFrame, size_px: int) -> Faces:
    """Read the crops of some rows of the manifest.

    Raises:
        TrainerError: A crop is missing, changed or no picture.
    """
    crops = np.empty((len(rows), size_px, size_px, 3), dtype=np.uint8)
    for index, sha256 in enumerate(rows["crop_sha256"]):
        crops[index] = decode_crop(_crop_content(snapshot, sha256), size_px)
    by_votes = (rows["settled_by"] != FINAL_WORD).to_numpy()[:, np.newaxis]
    return Faces(
        crops=crops,
        classes=rows["label"].map(LABELS.index).to_numpy(dtype=np.int64),
        units=rows["unit"].to_numpy(dtype=str),
        face_ids=rows["face_id"].to_numpy(dtype=np.int64),
        votes=rows[list(VOTE_COLUMNS)].to_numpy(dtype=np.int64) * by_votes,
    )


def _crop_content(snapshot: Snapshot, sha256: str) -> bytes:
    path = snapshot.crop_path(sha256)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TrainerError(f"{path} is missing. Restore the snapshot from a copy.") from None
    if sha256_of(content) != sha256:
        raise TrainerError(f"{path} has been changed. Restore the snapshot from a copy.")
    return content


def decode_crop(content: bytes, size_px: int) -> NDArray[np.uint8]:
    """Decode the picture of one face, the whole picture taken as the face.

    Args:
        content: A PNG or any other format that Pillow reads, grey or in colour.
        size_px: Width and height to bring it to.

    Returns:
        RGB, uint8, shape (size_px, size_px, 3); grey stands in all three channels.

    Raises:
        TrainerError: The bytes are no picture, or one of too many pixels.
    """
    try:
        with Image.open(BytesIO(content)) as picture:
            rgb = picture.convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise TrainerError(
            f"Expected the picture of a face. Received bytes that cannot be decoded: {error}"
        ) from error
    if rgb.size != (size_px, size_px):
        rgb = rgb.resize((size_px, size_px), Image.Resampling.BILINEAR)
    return np.asarray(rgb, dtype=np.uint8)
