"""Small snapshots that a net can learn: each label is a shape at its own place."""

from collections.abc import Container, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from db.files.blobs import sha256_of
from db.labels import Expression
from db.run_folder.predictions import PROBABILITY_COLUMNS, predictions_file, write_predictions
from db.run_folder.results import CellResult, EpochResult, NetResult, RunResult, RunState
from db.snapshot_folder.manifest import (
    COLUMNS,
    VOTE_COLUMNS,
    Snapshot,
    content_hash,
    write_about,
    write_manifest,
)
from trainer.presets import Preset

LABELS = [str(label) for label in Expression]


def make_crop(label: str, seed: int, size_px: int = 75) -> bytes:
    """Draw the crop of one made-up face as PNG: brows and mouth stand for the label."""
    chance = np.random.default_rng([LABELS.index(label), seed])
    pixels = chance.normal(120, 12, (size_px, size_px)).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    number, jitter = LABELS.index(label), int(chance.integers(-3, 4))
    brow, mouth = 12 + 3 * number + jitter, 48 + jitter
    pen.rectangle((10, brow, 64, brow + 4), fill=20 + 30 * number)
    pen.ellipse((20, mouth, 55, mouth + 4 + 3 * (6 - number)), fill=230 - 30 * number)
    buffer = BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def make_snapshot(
    parent: Path,
    *,
    faces_per_label: dict[str, int] | None = None,
    labels: list[str] | None = None,
    seed: int = 0,
    sources: dict[str, str] | None = None,
    has_shuffled_labels: bool = False,
) -> Path:
    """Write a snapshot folder with so many faces a label in each split; two a unit.

    Faces of a label in `sources` come from there; shuffled labels say nothing of a face.
    """
    counts = faces_per_label or {"train": 8, "validation": 2, "test": 2}
    folder = parent / f"drawn@{seed + 1}"
    (folder / "crops").mkdir(parents=True)
    rows: list[dict[str, object]] = []
    for split, count in counts.items():
        for label in labels or LABELS:
            for index in range(count):
                rows.append(_row(folder, len(rows), label, split, index))
    faces = pd.DataFrame(rows, columns=list(COLUMNS))
    faces["source"] = [(sources or {}).get(label, "drawn") for label in faces["label"]]
    if has_shuffled_labels:
        shuffled = np.random.default_rng(seed).permutation(faces["label"])
        faces["label"] = shuffled
    found = write_manifest(folder, faces, {"seed": seed})
    write_about(folder, name="drawn", version=seed + 1, content_hash=found)
    assert found == content_hash(faces, {"seed": seed})
    return folder


def _row(folder: Path, face_id: int, label: str, split: str, index: int) -> dict[str, object]:
    content = make_crop(label, face_id)
    sha256 = sha256_of(content)
    (folder / "crops" / f"{sha256}.png").write_bytes(content)
    votes = {column: 3 * (column == f"votes_{label}") for column in VOTE_COLUMNS}
    unknown = {"int64": 0, "float64": 0.0, "str": "", "bool": False}
    return {
        **{name: unknown[kind] for name, kind in COLUMNS.items()},
        "face_id": face_id, "crop_sha256": sha256, "label": label, "split": split,
        "unit": f"{split}-{label}-{index // 2}", "subject": "", "source": "drawn",
        "terms": "free", "image_sha256": sha256,
        "x_min": 0.0, "y_min": 0.0, "x_max": 75.0, "y_max": 75.0,
        "votes": 3, "share": 1.0, **votes,
    }  # fmt: skip


def make_preset(**changes: object) -> Preset:
    """Make a preset of one short epoch."""
    settings: dict[str, Any] = {
        "name": "tiny",
        "epochs": 1,
        "batch_size": 14,
        "learning_rate": 0.001,
        "normalisation_momentum": 0.8,
        "is_eager": True,
        **changes,
    }
    return Preset(**settings)


def make_cell(**changes: object) -> CellResult:
    """Make the scores of a cell: Xception with SVM, all test faces right."""
    scores: dict[str, Any] = {
        "net": "Xception",
        "classifier": "svm",
        "training_accuracy": 0.9,
        "training_loss": 0.3,
        "validation_accuracy": 0.8,
        "validation_loss": 0.6,
        "test_accuracy": 1.0,
        "test_interval": (0.9, 1.0),
        "test_macro_f1": 1.0,
        "test_recalls": {**dict.fromkeys(LABELS, 1.0), "fear": None},
        "confusion": tuple(tuple(2 * (i == j != 2) for j in range(7)) for i in range(7)),
        "seconds": 0.5,
        **changes,
    }
    return CellResult(**scores)


def make_net(name: str = "Xception", *accuracies: float) -> NetResult:
    """Make the result of a net with one epoch for each validation accuracy."""
    history = tuple(
        EpochResult(epoch, accuracy + 0.1, 0.5, accuracy, 0.7, 2.0)
        for epoch, accuracy in enumerate(accuracies, start=1)
    )
    return NetResult(name, 21_387_823, 2, 32, 0.0001, history)


def make_run(**changes: object) -> RunResult:
    """Make a run with one net and one cell."""
    content: dict[str, Any] = {
        "state": RunState.DONE,
        "snapshot": "drawn@1",
        "snapshot_hash": "ab" * 32,
        "preprocessing": "none",
        "preset": {"name": "tiny"},
        "seed": 0,
        "asked_nets": ("Xception",),
        "asked_classifiers": ("svm",),
        "faces": {"train": 56, "validation": 14, "test": 14},
        "versions": {"keras": "3.15.1"},
        "notes": ("A note.",),
        "nets": (make_net("Xception", 0.5, 0.8),),
        "cells": (make_cell(),),
        **changes,
    }
    return RunResult(**content)


def make_manifest(
    faces: int, *, changes: Mapping[int, Mapping[str, object]] | None = None
) -> Snapshot:
    """Make the manifest of made-up test faces without crops: ids from 0, two a unit."""
    unknown = {"int64": 0, "float64": 0.0, "str": "", "bool": False}
    rows = [
        {
            **{name: unknown[kind] for name, kind in COLUMNS.items()},
            "face_id": face_id,
            "label": LABELS[face_id % 7],
            "split": "test",
            "unit": f"unit-{face_id // 2}",
            "source": "drawn",
            "settled_by": "votes",
            "votes": 3,
            "share": 1.0,
            f"votes_{LABELS[face_id % 7]}": 3,
            **(changes or {}).get(face_id, {}),
        }
        for face_id in range(faces)
    ]
    table = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    return Snapshot(Path("drawn@1"), "drawn", 1, "ab" * 32, {}, table)


def make_predictions(
    run_folder: Path,
    snapshot: Snapshot,
    *,
    wrong: Container[int] = (),
    net: str = "Xception",
    classifier: str = "svm",
) -> None:
    """Write that a cell gives each face .7 for its label; for the next label, where it is wrong."""
    faces = snapshot.faces[["face_id", "label", "split"]]
    classes = faces["label"].map(LABELS.index).to_numpy()
    is_wrong = np.array([face_id in wrong for face_id in faces["face_id"]], dtype=np.int64)
    shares = np.full((len(faces), 7), 0.05)
    shares[np.arange(len(faces)), (classes + is_wrong) % 7] = 0.7
    table = faces.reset_index(drop=True).assign(
        **dict(zip(PROBABILITY_COLUMNS, shares.T, strict=True))
    )
    write_predictions(predictions_file(run_folder, net, classifier), table)
