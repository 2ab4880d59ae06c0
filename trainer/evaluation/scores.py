"""How good probabilities are against the true classes."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from trainer.data.loading import LABELS, Faces
from trainer.evaluation.bootstrap import resampled_sums, share_interval

LEAST_PROBABILITY = 1e-7
"""Probabilities are raised to this before a logarithm, as Keras does."""


@dataclass(frozen=True)
class SplitScores:
    """The scores of one split.

    Attributes:
        accuracy: Share of faces whose label is predicted, in [0, 1].
        loss: Mean cross entropy, in nats.
        macro_f1: Mean F1 of the labels that occur.
        recalls: By label; None for one that does not occur.
        confusion: Counts (7 x 7); row: true, column: predicted.
    """

    accuracy: float
    loss: float
    macro_f1: float
    recalls: dict[str, float | None]
    confusion: NDArray[np.int64]


def score(probabilities: NDArray[np.floating], classes: NDArray[np.int64]) -> SplitScores:
    """Score probabilities (n, 7) against class numbers (n,)."""
    predicted, numbers = probabilities.argmax(axis=1), np.arange(len(LABELS))
    recalls = recall_score(
        classes, predicted, labels=numbers, average=None, zero_division=np.nan
    ).tolist()
    return SplitScores(
        accuracy=float(accuracy_score(classes, predicted)),
        loss=cross_entropy(probabilities, classes),
        macro_f1=float(f1_score(classes, predicted, labels=np.unique(classes), average="macro")),
        recalls={
            label: None if math.isnan(recall) else recall
            for label, recall in zip(LABELS, recalls, strict=True)
        },
        confusion=confusion_matrix(classes, predicted, labels=numbers),
    )


def cross_entropy(probabilities: NDArray[np.floating], classes: NDArray[np.int64]) -> float:
    """Average the negative logarithm of the probability that each true class was given."""
    given = probabilities[np.arange(len(classes)), classes]
    return float(0.0 - np.log(np.maximum(given, LEAST_PROBABILITY)).mean())


def macro_f1s(confusions: NDArray[np.number]) -> NDArray[np.float64]:
    """Average the F1 score over the labels that occur, for each of r confusion matrices.

    Args:
        confusions: Counts, shape (r, k, k); each matrix holds at least one face.

    Returns:
        Shape (r,).

    Example:
        Two labels of two faces each, one of them once taken for the other: F1 is 4 / 5
        for the one and 2 / 3 for the other.

        >>> macro_f1s(np.array([[[2, 0], [1, 1]]])) == (4 / 5 + 2 / 3) / 2
        array([ True])
    """
    true, predicted = confusions.sum(axis=2), confusions.sum(axis=1)
    right = np.diagonal(confusions, axis1=1, axis2=2)
    occurs = true > 0
    f1 = 2 * right / np.where(occurs, true + predicted, 1)
    return np.asarray((f1 * occurs).sum(axis=1) / occurs.sum(axis=1), dtype=np.float64)


def accuracy_interval(
    probabilities: NDArray[np.floating], faces: Faces, seed: int
) -> tuple[float, float]:
    """Find the 95 % interval of the accuracy by bootstrap over units.

    Faces of one unit are alike, so that drawing faces one by one would make the interval
    too narrow: whole units are drawn, see `trainer.evaluation.bootstrap`.

    Returns:
        Its low and its high end, both in [0, 1].
    """
    is_right = probabilities.argmax(axis=1) == faces.classes
    ones = np.ones(len(is_right))
    sums = resampled_sums(np.column_stack([is_right, ones]), faces.units, seed=seed)
    return share_interval(sums[:, 0] / sums[:, 1], len(np.unique(faces.units)))
