"""Faces in splits, of which each has nothing in common with any other unless it is told."""

from collections.abc import Collection, Mapping
from typing import Any

import cv2
import numpy as np
import pandas as pd

from curator.core.snapshots.leak_candidates import Candidate, near_candidates, shows_same_picture
from curator.core.snapshots.leaks import LeakReport, leak_report

COLUMNS = {
    "face_id": "int64",
    "split": "str",
    "crop_sha256": "str",
    "pixels_sha256": "str",
    "x_min": "float64",
    "y_min": "float64",
    "x_max": "float64",
    "y_max": "float64",
    "phash": "int64",
    "phash_mirrored": "int64",
    "image_phash": "Int64",
    "image_phash_mirrored": "Int64",
    "subject": "object",
    "found_subject": "object",
    "sequence": "object",
}


def make_faces(*told: Mapping[str, Any]) -> pd.DataFrame:
    """Lay out faces 1, 2 …; hashes that are not told are far from all others."""
    rows = [_unlike_others(number) | dict(face) for number, face in enumerate(told, start=1)]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object).astype(COLUMNS)


def _unlike_others(number: int) -> dict[str, Any]:
    hashes = np.random.default_rng(number).integers(-(2**63), 2**63 - 1, 4)
    names = ("phash", "phash_mirrored", "image_phash", "image_phash_mirrored")
    box = {"x_min": 0.0, "y_min": 0.0, "x_max": 75.0, "y_max": 75.0}
    alone = {"crop_sha256": f"crop {number}", "pixels_sha256": f"image {number}"}
    untold = {"subject": None, "found_subject": None, "sequence": None}
    told = {"face_id": number, "split": "train"} | alone | box | untold
    return told | dict(zip(names, hashes.tolist(), strict=True))


def make_patch(seed: int, side_px: int = 64) -> np.ndarray:
    """Draw a grey patch, smooth and with something to see everywhere; other seeds look unlike."""
    rough = np.random.default_rng(seed).integers(0, 256, (9, 9), dtype=np.uint8)
    smooth = cv2.resize(rough, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    return np.asarray(smooth, np.uint8)


def candidates(
    faces: pd.DataFrame, distance: int = 4, apart: Collection[tuple[int, int]] = ()
) -> list[Candidate]:
    """List the candidates of all stripes."""
    stripes = near_candidates(faces, distance, apart)
    return [pair for stripe in stripes for pair in stripe.candidates]


def report(
    faces: pd.DataFrame,
    patches: Mapping[int, np.ndarray] | None = None,
    *,
    distance: int = 4,
    apart: Collection[tuple[int, int]] = (),
) -> LeakReport:
    """Check faces whole; those without a patch given look unlike all others."""
    drawn = {face_id: make_patch(face_id) for face_id in faces["face_id"].tolist()}
    patch_of = (drawn | dict(patches or {})).__getitem__
    found = candidates(faces, distance, apart)
    alike = [pair for pair in found if shows_same_picture(pair, patch_of)]
    return leak_report(faces, alike, len(found), apart)
