"""What a reader of a run's figures must know, in sentences."""

from importlib import import_module
from importlib.metadata import version

import pandas as pd

from db.labels import SPLITS
from db.run_folder.benchmark_choices import LabelKind
from db.run_folder.paper import PAPER_NETS, TABLE_TWO_NET
from db.run_folder.results import read_run
from trainer.backend import keras
from trainer.data.loading import LABELS, Faces
from trainer.nets import NETS
from trainer.nets.weights import earlier_run
from trainer.presets import Preset

PACKAGES = ("fer-curator", "keras", "numpy", "scikit-learn", "skops")


def notes_on(
    preset: Preset, rows: pd.DataFrame, faces: dict[str, Faces], nets: tuple[str, ...]
) -> tuple[str, ...]:
    """List what sets the figures of a run apart from what one may take them for."""
    notes = [
        "Choices go by the validation split; the test split was kept apart from all of them.",
        "TA and TL of nets are means over the last epoch, under augmentation and dropout; "
        "those of classifiers are measured afterwards on the training faces as they are.",
    ]
    notes += [_used(split, len(faces[split]), rows) for split in SPLITS]
    notes += _absent_labels(faces)
    if preset.name == "quick":
        notes.append(
            "Preset `quick`: nets train for a few epochs on a part of the faces. "
            "Its figures show that everything runs, not which net is better."
        )
    if TABLE_TWO_NET in nets:
        notes.append(
            f"{TABLE_TWO_NET} is built as the paper describes it; "
            f"its {PAPER_NETS[TABLE_TWO_NET].parameters:,} parameters do not follow from that."
        )
    return (*notes, *_on_weights(preset, nets), *_on_labels(preset))


def _on_weights(preset: Preset, nets: tuple[str, ...]) -> list[str]:
    if preset.weights is None:
        return []
    run_folder = earlier_run(preset.weights)
    if run_folder:
        before = read_run(run_folder)
        return [
            f"Nets started from those of a run on {before.snapshot} ({before.snapshot_hash[:12]}), "
            "which has seen none of the faces of the validation and test splits."
        ]
    plain = [net for net in nets if not NETS[net].has_imagenet_weights]
    return [f"{net} started from chance: it has no ImageNet weights." for net in plain]


def _on_labels(preset: Preset) -> list[str]:
    if preset.labels is LabelKind.HARD and not preset.label_smoothing:
        return []
    return [
        f"Nets were taught by {preset.labels} labels, smoothed by {preset.label_smoothing:g}: "
        "their training loss cannot be compared with one by hard labels. "
        "Classifiers were fitted on hard ones."
    ]


def _used(split: str, used: int, rows: pd.DataFrame) -> str:
    there = int((rows["split"] == split).sum())
    part = "all" if used == there else f"{used:,} of"
    return f"Split {split}: {part} {there:,} faces."


def _absent_labels(faces: dict[str, Faces]) -> list[str]:
    notes = []
    for split in ("validation", "test"):
        there = set(faces[split].classes.tolist())
        absent = [label for number, label in enumerate(LABELS) if number not in there]
        if absent:
            notes.append(f"The {split} split has no face labelled {', '.join(absent)}.")
    return notes


def versions() -> dict[str, str]:
    """List the packages that figures depend on, and the backend of Keras."""
    backend = keras.backend.backend()
    # Asked of the backend itself: TensorFlow comes in packages of several names.
    used: str = import_module(backend).__version__
    return {package: version(package) for package in PACKAGES} | {backend: used}
