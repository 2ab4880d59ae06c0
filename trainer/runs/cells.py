"""Fit and score one classifier on the outputs of one net."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from numpy.typing import NDArray

from db.files.blobs import written_whole
from db.run_folder.predictions import PROBABILITY_COLUMNS, write_predictions
from db.run_folder.results import CellResult
from db.run_folder.run_files import NetFiles
from trainer.classifiers import CLASSIFIERS, Estimator, probabilities
from trainer.data.loading import LABELS, Faces
from trainer.errors import TrainerError
from trainer.evaluation.scores import accuracy_interval, score
from trainer.training.features import NetOutputs

TRUSTED_TYPES = frozenset({"sklearn.tree._tree.Tree", "trainer.classifiers.radial_kernel"})
"""What our classifiers hold beyond the types that skops trusts by itself."""


def fitted_cell(
    files: NetFiles,
    classifier_name: str,
    faces: dict[str, Faces],
    outputs: dict[str, NetOutputs],
    seed: int,
) -> CellResult:
    """Fit a classifier on the training split and score it on every split.

    The fitted classifier and what it says of the faces held out are written.
    """
    started_at = time.perf_counter()
    classifier = CLASSIFIERS[classifier_name]
    fitted = None
    if classifier.estimator:
        fitted = classifier.estimator(seed)
        fitted.fit(classifier.inputs(outputs["train"]), faces["train"].classes)
        write_classifier(files.classifier(classifier_name), fitted)
    given = {split: probabilities(classifier, fitted, outputs[split]) for split in outputs}
    write_predictions(files.predictions(classifier_name), _held_out(faces, given))
    scores = {split: score(given[split], faces[split].classes) for split in given}
    return CellResult(
        net=files.folder.name,
        classifier=classifier_name,
        training_accuracy=scores["train"].accuracy,
        training_loss=scores["train"].loss,
        validation_accuracy=scores["validation"].accuracy,
        validation_loss=scores["validation"].loss,
        test_accuracy=scores["test"].accuracy,
        test_interval=accuracy_interval(given["test"], faces["test"], seed),
        test_macro_f1=scores["test"].macro_f1,
        test_recalls=scores["test"].recalls,
        confusion=tuple(tuple(int(n) for n in row) for row in scores["test"].confusion),
        seconds=time.perf_counter() - started_at,
    )


def _held_out(faces: dict[str, Faces], given: dict[str, NDArray[np.float64]]) -> pd.DataFrame:
    splits = ("validation", "test")
    rows = pd.DataFrame(
        np.concatenate([given[split] for split in splits]), columns=list(PROBABILITY_COLUMNS)
    )
    rows["face_id"] = np.concatenate([faces[split].face_ids for split in splits])
    rows["split"] = np.repeat(splits, [len(faces[split]) for split in splits])
    classes = np.concatenate([faces[split].classes for split in splits])
    rows["label"] = np.array(LABELS)[classes]
    return rows


def write_classifier(path: Path, fitted: Estimator) -> None:
    """Write a fitted classifier without pickle, whole or not at all."""
    with written_whole(path) as aside:
        skops.io.dump(fitted, aside)


def read_classifier(path: Path) -> Estimator:
    """Read a fitted classifier that holds nothing but what ours are made of.

    Raises:
        TrainerError: The file names types beyond `TRUSTED_TYPES`; nothing of it was run.
    """
    strange: list[Any] = sorted(set(skops.io.get_untrusted_types(file=path)) - TRUSTED_TYPES)
    if strange:
        raise TrainerError(
            f"{path} holds {', '.join(strange)}, which no classifier of ours does; "
            "it was not loaded. Promote the model again from its run."
        )
    return skops.io.load(path, trusted=sorted(TRUSTED_TYPES))
