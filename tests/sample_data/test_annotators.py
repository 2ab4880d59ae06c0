"""The simulated annotators err as often, and as alike, as their matrices say."""

import numpy as np
import pytest

from db.labels import Expression
from sample_data.annotators import ANNOTATORS, Annotator, label_rows
from sample_data.plan import Kind, Plan

LABELS = list(Expression)


@pytest.mark.parametrize("annotator", ANNOTATORS, ids=lambda annotator: annotator.name)
def test_the_answers_of_an_annotator_follow_the_stated_confusion(annotator: Annotator) -> None:
    rng = np.random.default_rng(11)
    counts = np.zeros((7, 7))
    for row, label in enumerate(LABELS):
        for _ in range(600):
            counts[row, LABELS.index(annotator.answer(label, rng))] += 1
    assert np.abs(counts / 600 - annotator.confusion()).max() < 0.05


@pytest.mark.parametrize("annotator", ANNOTATORS, ids=lambda annotator: annotator.name)
def test_every_row_of_a_confusion_matrix_sums_to_one(annotator: Annotator) -> None:
    assert annotator.confusion().sum(axis=1) == pytest.approx(np.ones(7))
    assert annotator.confusion().diagonal() == pytest.approx(np.full(7, annotator.reliability))


def test_fear_is_taken_for_surprise_more_than_for_anything_else() -> None:
    fear = Annotator("ann_a", 0.9).confusion()[LABELS.index(Expression.FEAR)]
    assert fear[LABELS.index(Expression.SURPRISE)] == pytest.approx(0.1 * 10 / 15)
    assert fear[LABELS.index(Expression.HAPPY)] == pytest.approx(0.1 * 1 / 15)


def test_nobody_labels_a_group_a_place_or_a_broken_file() -> None:
    for kind in (Kind.SCENE, Kind.PLACE, Kind.BROKEN):
        assert label_rows(Plan(), kind, 0, Expression.HAPPY) == []


def test_40_portraits_have_no_label_and_30_have_one() -> None:
    counts = [
        len(label_rows(Plan(), Kind.PORTRAIT, number, Expression.HAPPY)) for number in range(280)
    ]
    assert [counts.count(n) for n in (0, 1, 3)] == [40, 30, 210]
