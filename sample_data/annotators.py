"""Three simulated annotators, who err as people do."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.labels import Expression
from sample_data.plan import Kind, Plan, Stream, shuffled

LABEL_COLUMNS = ("image", "annotator", "label")
_CONFUSED = (
    (Expression.FEAR, Expression.SURPRISE),
    (Expression.DISGUST, Expression.ANGRY),
    (Expression.SAD, Expression.NEUTRAL),
)
_PULL = 10.0
"""How much likelier a label is taken for its twin than for any other."""
_SHARE_OF_COPIES = 0.8


@dataclass(frozen=True)
class Annotator:
    """Someone who gives the right label with a known chance.

    Attributes:
        name: Such as `ann_a`.
        reliability: Chance of the right label, the same for all seven.
    """

    name: str
    reliability: float

    def confusion(self) -> NDArray[np.float64]:
        """Give the chance of each answer: (7, 7), a row per true label, rows sum to 1.

        Example:
            >>> Annotator("ann_a", 0.9).confusion()[2].round(3).tolist()
            [0.007, 0.007, 0.9, 0.007, 0.007, 0.007, 0.067]
        """
        labels = list(Expression)
        weights = np.ones((len(labels), len(labels)))
        for one, other in _CONFUSED:
            row, column = labels.index(one), labels.index(other)
            weights[row, column] = weights[column, row] = _PULL
        np.fill_diagonal(weights, 0)
        wrong = weights / weights.sum(axis=1, keepdims=True) * (1 - self.reliability)
        return np.asarray(wrong + self.reliability * np.eye(len(labels)))

    def answer(self, label: Expression, rng: np.random.Generator) -> Expression:
        """Draw the label this annotator gives to a face that shows `label`."""
        labels = list(Expression)
        chances = self.confusion()[labels.index(label)]
        return labels[int(rng.choice(len(labels), p=chances))]


ANNOTATORS = (Annotator("ann_a", 0.9), Annotator("ann_b", 0.85), Annotator("ann_c", 0.75))


def _asked(plan: Plan, kind: Kind, number: int, rng: np.random.Generator) -> tuple[Annotator, ...]:
    """Give who labelled an image.

    A seventh of the portraits has no label yet and 3 in 28 have one, so that there is work
    left; the label of a group would say nothing, so nobody gave one.
    """
    if kind is Kind.COPY:
        return ANNOTATORS if rng.random() < _SHARE_OF_COPIES else ()
    if kind is not Kind.PORTRAIT:
        return ()
    count = plan.count(Kind.PORTRAIT)
    place = int(shuffled(plan, count, 1)[number])
    if place < count // 7:
        return ()
    if place < count // 7 + count * 3 // 28:
        return (ANNOTATORS[place % len(ANNOTATORS)],)
    return ANNOTATORS


def label_rows(
    plan: Plan, kind: Kind, number: int, label: Expression
) -> list[tuple[str, str, str]]:
    """Give the rows of `LABEL_COLUMNS` for an image that shows `label`."""
    rng = plan.rng(Stream.LABELS, number, kind)
    image = plan.name(kind, number)
    return [
        (image, annotator.name, annotator.answer(label, rng).value)
        for annotator in _asked(plan, kind, number, rng)
    ]
