"""What the next epoch of a net is trained with, from its history alone.

Nothing is kept between epochs, so that a training that goes on after a stop does as it
would have done without one.
"""

import math
from collections.abc import Sequence

from db.run_folder.benchmark_choices import Schedule
from db.run_folder.results import EpochResult
from trainer.presets import Preset

PLATEAU_EPOCHS = 5
PLATEAU_FACTOR = 0.5


def learning_rate(preset: Preset, net_name: str, history: Sequence[EpochResult]) -> float:
    """Say what learning rate the epoch after a history is trained with.

    Example:
        Half way through a cosine, half of it is left:

        >>> from db.run_folder.benchmark_choices import Schedule
        >>> preset = Preset("tiny", 4, 2, 0.1, schedule=Schedule.COSINE)
        >>> done = [EpochResult(epoch, 0, 0, 0, 0, 0) for epoch in (1, 2)]
        >>> round(learning_rate(preset, "VGG16", done), 6)
        0.05
    """
    start = preset.learning_rate_for(net_name)
    if preset.schedule is Schedule.COSINE:
        passed = len(history) / preset.epochs_for(net_name)
        return start * (1 + math.cos(math.pi * passed)) / 2
    if preset.schedule is Schedule.PLATEAU:
        return start * PLATEAU_FACTOR ** _plateaus(history)
    return start


def _plateaus(history: Sequence[EpochResult]) -> int:
    """Count how often the loss has stayed at no less than its lowest for so many epochs."""
    lowest, waited, found = math.inf, 0, 0
    for epoch in history:
        waited = 0 if epoch.validation_loss < lowest else waited + 1
        lowest = min(lowest, epoch.validation_loss)
        if waited == PLATEAU_EPOCHS:
            waited, found = 0, found + 1
    return found


def best_epoch(history: Sequence[EpochResult]) -> int:
    """Say which epoch has the lowest validation loss, the first of equals; 0 for none."""
    return min(history, key=lambda epoch: epoch.validation_loss).epoch if history else 0


def has_ended(preset: Preset, net_name: str, history: Sequence[EpochResult]) -> bool:
    """Tell whether no epoch follows: all are done, or patience has run out."""
    if len(history) >= preset.epochs_for(net_name):
        return True
    patience = preset.patience_epochs
    return patience is not None and len(history) - best_epoch(history) >= patience


def kept_epoch(preset: Preset, history: Sequence[EpochResult]) -> int:
    """Say which epoch's weights a net keeps when it has ended."""
    return len(history) if preset.patience_epochs is None else best_epoch(history)
