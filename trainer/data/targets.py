"""What a net is taught of each training face, and how much the face counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.run_folder.benchmark_choices import LabelKind
from trainer.data.loading import LABELS, Faces
from trainer.presets import Preset


@dataclass(frozen=True)
class Targets:
    """What n faces teach.

    Attributes:
        shares: What the net should answer, float32, shape (n, 7); each row sums to 1.
        weights: How much a face counts in the loss, float32, shape (n,); 1 on average.
    """

    shares: NDArray[np.float32]
    weights: NDArray[np.float32]


def training_targets(faces: Faces, preset: Preset) -> Targets:
    """Work out what training faces teach under a preset.

    A face without votes teaches its label alone, and counts like a unanimous one.
    """
    hard = np.eye(len(LABELS))[faces.classes]
    shares = _vote_shares(faces, hard) if preset.labels is LabelKind.SOFT else hard
    smoothed = shares * (1 - preset.label_smoothing) + preset.label_smoothing / len(LABELS)
    weights = np.ones(len(faces))
    if preset.labels is LabelKind.WEIGHTED:
        weights = (_vote_shares(faces, hard) * hard).sum(axis=1)
    if preset.balances_labels:
        weights = weights * balanced_weights(faces.classes)
    weights = weights / max(weights.mean(), np.finfo(float).tiny)
    return Targets(smoothed.astype(np.float32), weights.astype(np.float32))


def _vote_shares(faces: Faces, hard: NDArray[np.float64]) -> NDArray[np.float64]:
    counts = faces.votes.sum(axis=1, keepdims=True)
    return np.where(counts > 0, faces.votes / np.maximum(counts, 1), hard)


def balanced_weights(classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Weigh faces so that each label that occurs counts alike.

    Example:
        Two faces of one label and one of another: n / (labels * faces of the label).

        >>> balanced_weights(np.array([0, 0, 3])).tolist()
        [0.75, 0.75, 1.5]
    """
    counts = np.bincount(classes, minlength=len(LABELS))
    return np.asarray(len(classes) / (np.count_nonzero(counts) * counts[classes]))
