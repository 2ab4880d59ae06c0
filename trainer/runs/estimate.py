"""How long a benchmark would take here, from a few steps of each net."""

import time
from pathlib import Path

import numpy as np
import pandas as pd

from db.jobs.progress import Progress, Steps
from db.run_folder.run_files import NetFiles
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from trainer.data.loading import LABELS
from trainer.presets import PRESETS, Preset
from trainer.training.epochs import Training, new_training
from trainer.training.features import net_outputs

STEPS = 2


def estimated_seconds(
    snapshot_folder: Path, presets: dict[str, Preset], nets: tuple[str, ...]
) -> Steps[dict[str, dict[str, float]]]:
    """Time a few steps of each net, and multiply by what each preset asks of it.

    The steps are run without being traced first, which takes longer than they do; traced,
    small nets are faster. Classifiers, features and studies are not counted.

    Args:
        snapshot_folder: What would be trained on.
        presets: The presets to estimate, by name.
        nets: Names in `NETS`.

    Yields:
        Progress in nets.

    Returns:
        Seconds by preset and net.
    """
    snapshot = read_snapshot(snapshot_folder)
    seconds: dict[str, dict[str, float]] = {name: {} for name in presets}
    for done, net in enumerate(nets):
        yield Progress(done, len(nets), f"Timing {net}")
        trained, scored = _seconds_per_face(net)
        for name, preset in presets.items():
            train, validation = _faces(snapshot, preset)
            epoch = train * trained + validation * scored
            seconds[name][net] = preset.epochs_for(net) * epoch
    return seconds


def _faces(snapshot: Snapshot, preset: Preset) -> tuple[int, int]:
    """Count the faces that an epoch trains on, and those that it is scored on."""
    counts = pd.crosstab(snapshot.faces["split"], snapshot.faces["label"])
    train = counts.loc["train"].clip(upper=preset.training_faces_per_label).to_numpy()
    scored = counts.loc["validation"].clip(upper=preset.scoring_faces_per_label).to_numpy()
    return int(train.sum()), int(scored.sum())


def _seconds_per_face(net: str) -> tuple[float, float]:
    """Time one face in training and in scoring, after a first step that is always slower."""
    preset = PRESETS["quick"].changed(batch_size=32)
    training = new_training(net, preset, 0, NetFiles(Path()))
    crops = np.zeros((preset.batch_size, *training.net.input_shape[1:]), dtype=np.uint8)
    _step(training, crops)
    started_at = time.perf_counter()
    for _ in range(STEPS):
        _step(training, crops)
    trained_at = time.perf_counter()
    net_outputs(training.net, crops)
    faces = len(crops)
    return (trained_at - started_at) / (STEPS * faces), (time.perf_counter() - trained_at) / faces


def _step(training: Training, crops: np.ndarray) -> None:
    targets = np.full((len(crops), len(LABELS)), 1 / len(LABELS), dtype=np.float32)
    training.learner.train_on_batch(crops, targets)
