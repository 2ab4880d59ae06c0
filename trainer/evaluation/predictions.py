"""The test faces of a cell as arrays."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from db.run_folder.estimate import Estimate
from db.run_folder.faces_with_predictions import tested_faces
from db.run_folder.predictions import PROBABILITY_COLUMNS
from db.snapshot_folder.manifest import VOTE_COLUMNS
from trainer.data.loading import LABELS
from trainer.errors import TrainerError
from trainer.evaluation.bootstrap import resampled_sums, share_estimate
from trainer.evaluation.slices import QUALITIES

COLUMNS: Final = (
    "face_id",
    "unit",
    "source",
    "settled_by",
    "votes",
    "share",
    *(column for column, _ in QUALITIES.values()),
    *VOTE_COLUMNS,
)
"""What figures need to know of a face."""


@dataclass(frozen=True, eq=False)
class TestPredictions:
    """n test faces and what a cell says of them.

    Attributes:
        rows: As `db.run_folder.faces_with_predictions` returns them, with at least `COLUMNS`.
        classes: True class numbers, shape (n,).
        predicted: Predicted class numbers, shape (n,).
        units: The number of each face's unit, shape (n,).
    """

    rows: pd.DataFrame
    classes: NDArray[np.int64]
    predicted: NDArray[np.int64]
    units: NDArray[np.int64]

    def __len__(self) -> int:
        """Count the faces."""
        return len(self.rows)

    @property
    def is_right(self) -> NDArray[np.bool_]:
        """Whether the label is predicted, shape (n,)."""
        return np.equal(self.classes, self.predicted)

    @property
    def face_ids(self) -> NDArray[np.int64]:
        """The id of each face, shape (n,)."""
        return self.rows["face_id"].to_numpy(dtype=np.int64)

    def unit_count(self, is_counted: NDArray[np.bool_] | None = None) -> int:
        """Count the units of all faces, or of some."""
        return len(np.unique(self.units if is_counted is None else self.units[is_counted]))

    def among(self, is_chosen: NDArray[np.bool_]) -> "TestPredictions":
        """Keep some of the faces."""
        return TestPredictions(
            self.rows[is_chosen].reset_index(drop=True),
            self.classes[is_chosen],
            self.predicted[is_chosen],
            self.units[is_chosen],
        )


def read_test_predictions(
    run_folder: Path, net: str, classifier: str, faces: pd.DataFrame
) -> TestPredictions | None:
    """Read the test faces of a cell; None where its predictions were not kept.

    Args:
        run_folder: The run, or one of its studies.
        net: The cell's net.
        classifier: The cell's classifier.
        faces: The manifest of the run's snapshot.

    Raises:
        TrainerError: The manifest lacks one of the faces.
    """
    try:
        rows = tested_faces(run_folder, net, classifier, faces[list(COLUMNS)])
    except FileNotFoundError:
        return None
    if rows.empty:
        raise TrainerError(
            f"The snapshot holds none of the test faces of {net} with {classifier} in "
            f"{run_folder}. Name the snapshot that the run was made on."
        )
    shares = rows[list(PROBABILITY_COLUMNS)].to_numpy()
    classes = pd.Index(LABELS).get_indexer(pd.Index(rows["label"]))
    units = np.unique(rows["unit"].to_numpy(dtype="object"), return_inverse=True)[1]
    return TestPredictions(rows, classes, shares.argmax(axis=1), units)


def accuracies(tested: TestPredictions, seed: int) -> NDArray[np.float64]:
    """Work out the accuracy on at least one face, and on its resamples."""
    columns = np.column_stack([tested.is_right, np.ones(len(tested))])
    sums = resampled_sums(columns, tested.units, seed=seed)
    return np.asarray(sums[:, 0] / sums[:, 1])


def accuracy(tested: TestPredictions, seed: int) -> Estimate | None:
    """Estimate the accuracy; None where there is no face."""
    if not len(tested):
        return None
    shares = accuracies(tested, seed)
    return share_estimate(shares, faces=len(tested), units=tested.unit_count())
