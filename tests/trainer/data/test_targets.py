import numpy as np

from db.run_folder.benchmark_choices import LabelKind
from tests.trainer.makers import make_preset
from trainer.data.loading import Faces
from trainer.data.targets import training_targets

ANGRY, HAPPY = 0, 3


def make_faces(classes: list[int], votes: list[list[int]]) -> Faces:
    count = len(classes)
    crops = np.zeros((count, 1, 1, 3), dtype=np.uint8)
    numbers = np.arange(count)
    return Faces(
        crops, np.array(classes), numbers.astype(str), numbers, np.array(votes, dtype=np.int64)
    )


VOTED = make_faces([ANGRY, HAPPY], [[3, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0]])
"""An angry face that one of four took for happy, and a happy one that nobody voted on."""


def test_hard_labels_teach_the_label_alone() -> None:
    targets = training_targets(VOTED, make_preset())

    assert targets.shares.tolist() == [[1, 0, 0, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0]]
    assert targets.weights.tolist() == [1, 1]


def test_soft_labels_teach_the_votes_and_the_label_where_there_are_none() -> None:
    targets = training_targets(VOTED, make_preset(labels=LabelKind.SOFT))

    assert targets.shares.tolist() == [[0.75, 0, 0, 0.25, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0]]


def test_weighted_faces_count_by_their_agreement_and_one_on_average() -> None:
    targets = training_targets(VOTED, make_preset(labels=LabelKind.WEIGHTED))

    assert targets.shares[0].tolist() == [1, 0, 0, 0, 0, 0, 0]
    np.testing.assert_allclose(targets.weights, [0.75 / 0.875, 1 / 0.875], rtol=1e-6)


def test_smoothing_spreads_its_share_over_all_labels() -> None:
    targets = training_targets(VOTED, make_preset(label_smoothing=0.7))

    np.testing.assert_allclose(targets.shares[0], [0.4, *[0.1] * 6], rtol=1e-6)


def test_balanced_labels_count_alike_however_many_faces_they_have() -> None:
    faces = make_faces([ANGRY, ANGRY, ANGRY, HAPPY], [[0] * 7] * 4)

    weights = training_targets(faces, make_preset(balances_labels=True)).weights

    np.testing.assert_allclose(weights, [2 / 3, 2 / 3, 2 / 3, 2], rtol=1e-6)
