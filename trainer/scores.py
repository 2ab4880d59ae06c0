"""How good probabilities are against the true classes. NumPy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.loading import LABELS, Faces

RESAMPLES = 1000
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
    confusion = confusion_matrix(probabilities.argmax(axis=1), classes)
    return SplitScores(
        accuracy=float(np.trace(confusion) / confusion.sum()),
        loss=cross_entropy(probabilities, classes),
        macro_f1=macro_f1(confusion),
        recalls=_recalls(confusion),
        confusion=confusion,
    )


def confusion_matrix(
    predicted: NDArray[np.integer], classes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Count faces by true class (row) and predicted class (column), 7 x 7."""
    counts = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
    np.add.at(counts, (classes, predicted), 1)
    return counts


def cross_entropy(probabilities: NDArray[np.floating], classes: NDArray[np.int64]) -> float:
    """Average the negative logarithm of the probability that each true class was given."""
    given = probabilities[np.arange(len(classes)), classes]
    return float(0.0 - np.log(np.maximum(given, LEAST_PROBABILITY)).mean())


def macro_f1(confusion: NDArray[np.int64]) -> float:
    """Average the F1 score over the labels that occur.

    Example:
        Two labels of two faces each, one of them once taken for the other: F1 is 4 / 5
        for the one and 2 / 3 for the other.

        >>> macro_f1(np.array([[2, 0], [1, 1]])) == (4 / 5 + 2 / 3) / 2
        True
    """
    true, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    occurs = true > 0
    f1 = 2 * confusion.diagonal()[occurs] / (true + predicted)[occurs]
    return float(f1.mean())


def _recalls(confusion: NDArray[np.int64]) -> dict[str, float | None]:
    true = confusion.sum(axis=1)
    return {
        label: float(confusion[number, number] / true[number]) if true[number] else None
        for number, label in enumerate(LABELS)
    }


def accuracy_interval(
    probabilities: NDArray[np.floating], faces: Faces, seed: int
) -> tuple[float, float]:
    """Find the 95 % interval of the accuracy by bootstrap over units.

    Faces of one unit are alike, so that drawing faces one by one would make the interval
    too narrow: whole units are drawn, with replacement (Efron and Tibshirani 1993, ch. 8).

    Returns:
        Its low and its high end, both in [0, 1].
    """
    is_right = probabilities.argmax(axis=1) == faces.classes
    _, unit_numbers = np.unique(faces.units, return_inverse=True)
    sizes = np.bincount(unit_numbers)
    right = np.bincount(unit_numbers, weights=is_right)
    draws = np.random.default_rng(seed).integers(len(sizes), size=(RESAMPLES, len(sizes)))
    accuracies = right[draws].sum(axis=1) / sizes[draws].sum(axis=1)
    low, high = np.percentile(accuracies, [2.5, 97.5])
    return float(low), float(high)
