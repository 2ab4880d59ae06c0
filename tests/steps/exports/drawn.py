"""Large snapshots of drawn faces, made without a project."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from curator.steps.images.image_codec import png
from db.files.blobs import sha256_of
from db.labels import SPLITS, Expression
from db.snapshot_folder.manifest import COLUMNS, write_about, write_manifest

LABELS = [str(label) for label in Expression]


def drawn_snapshot(folder: Path, faces: int) -> None:
    """Freeze drawn faces, without a project: smooth patches under a little noise."""
    (folder / "crops").mkdir(parents=True)
    rng = np.random.default_rng(0)
    hashes = [_drawn_crop(folder / "crops", rng, is_grey=n % 4 > 0) for n in range(faces)]
    empty = {"int64": 0, "float64": 0.5, "str": "", "bool": False}
    rows = pd.DataFrame({name: [empty[kind]] * faces for name, kind in COLUMNS.items()})
    rows = rows.assign(face_id=range(1, faces + 1), crop_sha256=hashes, votes=2)
    rows["label"] = [LABELS[n % len(LABELS)] for n in range(faces)]
    rows["split"] = rng.choice(SPLITS, faces, p=[0.7, 0.15, 0.15])
    rows["unit"], rows["image_sha256"] = rows["face_id"].astype("str"), hashes
    (folder / "README.md").write_text("Drawn faces.\n")
    hashed = write_manifest(folder, rows, {"drawn": faces})
    write_about(folder, name="drawn", version=1, content_hash=hashed)


def _drawn_crop(folder: Path, rng: np.random.Generator, *, is_grey: bool) -> str:
    shape = (9, 9) if is_grey else (9, 9, 3)
    smooth = cv2.resize(
        rng.integers(0, 256, shape, np.uint8), (75, 75), interpolation=cv2.INTER_CUBIC
    )
    content = png(cv2.add(smooth, rng.integers(0, 6, smooth.shape, np.uint8)).astype(np.uint8))
    name = sha256_of(content)
    (folder / f"{name}.png").write_bytes(content)
    return name
