import math

import numpy as np
import pytest

from trainer.data.loading import Faces
from trainer.evaluation.scores import accuracy_interval, cross_entropy, score


def make_faces(classes: list[int], units: list[str]) -> Faces:
    crops = np.zeros((len(classes), 1, 1, 3), dtype=np.uint8)
    votes = np.zeros((len(classes), 7), dtype=np.int64)
    return Faces(crops, np.array(classes), np.array(units), np.arange(len(classes)), votes)


def test_the_confusion_matrix_has_true_labels_down_and_predicted_ones_across() -> None:
    counts = score(np.eye(7)[[1, 1, 0]], np.array([0, 1, 0])).confusion

    assert counts.shape == (7, 7)
    assert counts[:2, :2].tolist() == [[1, 1], [0, 1]]
    assert counts.sum() == 3


def test_scores_of_four_faces_are_as_worked_out_by_hand() -> None:
    shares = np.full((4, 7), 0.05)
    shares[[0, 1, 2, 3], [0, 0, 0, 1]] = 0.7

    scores = score(shares, np.array([0, 0, 1, 1]))

    assert scores.accuracy == 3 / 4
    assert scores.loss == pytest.approx(-(3 * math.log(0.7) + math.log(0.05)) / 4)
    assert scores.macro_f1 == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert scores.recalls["angry"] == 1.0
    assert scores.recalls["disgust"] == 1 / 2
    assert scores.recalls["fear"] is None


def test_certain_and_right_costs_nothing_and_certain_and_wrong_is_not_infinite() -> None:
    certain = np.eye(7)[[0, 0]]

    assert math.copysign(1, cross_entropy(certain, np.array([0, 0]))) == 1
    assert cross_entropy(certain, np.array([1, 1])) == pytest.approx(-math.log(1e-7))


def test_the_interval_holds_the_accuracy_and_is_the_same_for_the_same_seed() -> None:
    classes = [number % 7 for number in range(70)]
    shares = np.eye(7)[classes]
    shares[:20] = np.roll(shares[:20], 1, axis=1)
    faces = make_faces(classes, [str(number) for number in range(70)])

    low, high = accuracy_interval(shares, faces, seed=5)

    assert 0.5 < low < 50 / 70 < high < 0.9
    assert (low, high) == accuracy_interval(shares, faces, seed=5)


def test_the_interval_is_wider_when_faces_come_in_units_that_are_right_or_wrong_together() -> None:
    classes = [0] * 60
    shares = np.eye(7)[[0] * 30 + [1] * 30]
    alone = make_faces(classes, [str(number) for number in range(60)])
    in_tens = make_faces(classes, [str(number // 10) for number in range(60)])

    low, high = accuracy_interval(shares, alone, seed=0)
    low_of_units, high_of_units = accuracy_interval(shares, in_tens, seed=0)

    assert high_of_units - low_of_units > 2 * (high - low)
