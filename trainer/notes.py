"""What a reader of a run's figures must know, in sentences."""

from importlib.metadata import version

from db.labels import SPLITS
from db.manifest import Snapshot
from db.paper import PAPER_NETS, TABLE_TWO_NET
from trainer.backend import keras
from trainer.loading import LABELS, Faces
from trainer.nets import NETS
from trainer.presets import Preset

PACKAGES = ("fer-curator", "keras", "numpy", "scikit-learn", "skops")


def notes_on(
    preset: Preset, snapshot: Snapshot, faces: dict[str, Faces], nets: tuple[str, ...]
) -> tuple[str, ...]:
    """List what sets the figures of a run apart from what one may take them for."""
    notes = [
        "Choices go by the validation split; the test split was kept apart from all of them.",
        "TA and TL of nets are means over the last epoch, under augmentation and dropout; "
        "those of classifiers are measured afterwards on the training faces as they are.",
    ]
    notes += [_used(split, len(faces[split]), snapshot) for split in SPLITS]
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
    if preset.weights:
        plain = [net for net in nets if not NETS[net].has_imagenet_weights]
        notes += [f"{net} started from chance: it has no ImageNet weights." for net in plain]
    return tuple(notes)


def _used(split: str, used: int, snapshot: Snapshot) -> str:
    there = int((snapshot.faces["split"] == split).sum())
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
    return {package: version(package) for package in (*PACKAGES, backend)}
