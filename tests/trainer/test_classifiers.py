from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from db.run_folder.benchmark_choices import CLASSIFIER_NAMES
from db.run_folder.paper import PAPER_CLASSIFIERS
from db.run_folder.predictions import PROBABILITY_COLUMNS, read_predictions
from db.run_folder.run_files import NetFiles
from trainer.classifiers import CLASSIFIERS, probabilities
from trainer.data.loading import LABELS, Faces
from trainer.errors import TrainerError
from trainer.runs.cells import fitted_cell, read_classifier, write_classifier
from trainer.training.features import NetOutputs


def make_outputs(classes: NDArray[np.int64], *, seed: int = 0) -> NetOutputs:
    """Features and probabilities in which each class stands out."""
    chance = np.random.default_rng(seed)
    marks = np.eye(7, dtype=np.float32)[classes]
    features = marks.repeat(2, axis=1) * 4 + chance.normal(0, 0.5, (len(classes), 14))
    scores = np.exp(2 * marks + chance.normal(0, 0.2, marks.shape))
    shares = scores / scores.sum(axis=1, keepdims=True)
    return NetOutputs(features.astype(np.float32), shares.astype(np.float32))


def make_faces(classes: NDArray[np.int64]) -> Faces:
    crops = np.zeros((len(classes), 1, 1, 3), dtype=np.uint8)
    numbers = np.arange(len(classes))
    votes = np.zeros((len(classes), 7), dtype=np.int64)
    return Faces(crops, classes, numbers.astype(str), numbers, votes)


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_every_classifier_learns_and_is_kept_without_pickle(name: str, tmp_path: Path) -> None:
    classes = np.arange(70) % 7
    faces = dict.fromkeys(("train", "validation", "test"), make_faces(classes))
    outputs = {split: make_outputs(classes, seed=n) for n, split in enumerate(faces)}
    files = NetFiles(tmp_path / "Xception")

    cell = fitted_cell(files, name, faces, outputs, seed=0)

    assert (cell.net, cell.classifier) == ("Xception", name)
    assert cell.training_accuracy == cell.validation_accuracy == cell.test_accuracy == 1.0
    assert cell.confusion == tuple(tuple(10 * (i == j) for j in range(7)) for i in range(7))
    held_out = read_predictions(files.predictions(name))
    assert held_out["face_id"].tolist() == [*range(70), *range(70)]
    assert held_out["split"].tolist() == ["validation"] * 70 + ["test"] * 70
    given = held_out[list(PROBABILITY_COLUMNS)].to_numpy()
    assert [LABELS[place] for place in given.argmax(axis=1)] == held_out["label"].tolist()
    if CLASSIFIERS[name].estimator:
        fitted = read_classifier(files.classifier(name))
        shares = probabilities(CLASSIFIERS[name], fitted, outputs["test"])
        assert shares.shape == (70, 7)
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-6)
        assert (shares.argmax(axis=1) == classes).all()


@pytest.mark.parametrize("name", [name for name in CLASSIFIERS if CLASSIFIERS[name].estimator])
def test_probabilities_rank_labels_as_the_estimator_does(name: str) -> None:
    chance = np.random.default_rng(3)
    classes = np.arange(140) % 7
    outputs = make_outputs(chance.permutation(classes), seed=4)
    make = CLASSIFIERS[name].estimator
    assert make
    fitted = make(0).fit(CLASSIFIERS[name].inputs(outputs), classes)

    shares = probabilities(CLASSIFIERS[name], fitted, outputs)

    assert (shares.argmax(axis=1) == fitted.predict(CLASSIFIERS[name].inputs(outputs))).all()


def test_the_fast_kernel_decides_as_the_library_s_own_does_with_dead_features() -> None:
    classes = np.arange(70) % 7
    features = np.pad(make_outputs(classes).features, ((0, 0), (0, 5)))
    others = np.pad(make_outputs(classes, seed=1).features, ((0, 0), (0, 5)))
    own = make_pipeline(StandardScaler(), SVC(break_ties=True, random_state=0))
    ours = CLASSIFIERS["svm"].estimator
    assert ours is not None

    # Pair by pair: what is made of the pairs counts votes, which a hair's breadth turns.
    fast, plain = (
        machine.set_params(svc__decision_function_shape="ovo")
        .fit(features, classes)
        .decision_function(others)
        for machine in (ours(0), own)
    )

    np.testing.assert_allclose(fast, plain, atol=1e-3)


def test_classifiers_stand_in_the_order_of_table_two() -> None:
    assert list(CLASSIFIERS)[: len(PAPER_CLASSIFIERS)] == list(PAPER_CLASSIFIERS)
    assert tuple(CLASSIFIERS) == CLASSIFIER_NAMES


def test_a_classifier_file_with_types_that_are_not_ours_is_not_loaded(tmp_path: Path) -> None:
    class Strange:
        pass

    Strange.__module__, Strange.__qualname__ = "tests.strange", "Strange"
    write_classifier(tmp_path / "svm.skops", {"inside": Strange()})

    with pytest.raises(TrainerError, match=r"holds .*Strange.* it was not loaded"):
        read_classifier(tmp_path / "svm.skops")
