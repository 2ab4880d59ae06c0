"""List the settled labels that a run's model contradicts most."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from sqlalchemy.orm import Session

from curator.core.models.label_errors import label_errors
from curator.steps.consensus.settle_labels import consensus
from db.run_folder.predictions import held_out_predictions, predictions_file
from db.run_folder.results import CellResult


@dataclass(frozen=True)
class LabelErrors:
    """Labels of a snapshot, ranked by how likely they are wrong.

    Attributes:
        faces: What `curator.core.models.label_errors.label_errors` returns, but for the faces
            whose label is no longer that of the snapshot or is a reviewer's final word.
        covered: How many faces the model was asked about: all where its run has folds, else
            those of the validation and test splits.
        likely: How many of `faces` are likely errors.
    """

    faces: pd.DataFrame
    covered: int
    likely: int


def has_predictions(run_folder: Path, cell: CellResult) -> bool:
    """Tell whether a cell's predictions were kept; earlier versions kept none."""
    return predictions_file(run_folder, cell.net, cell.classifier).is_file()


def list_label_errors(session: Session, run_folder: Path, cell: CellResult) -> LabelErrors:
    """Rank the labels of the faces that a cell was not fitted on.

    Args:
        run_folder: The folder of a run on a snapshot of this project.
        cell: One of its cells, with predictions.
    """
    predictions = held_out_predictions(run_folder, cell.net, cell.classifier)
    ranked = label_errors(predictions)
    now = consensus(session).reindex(ranked["face_id"])
    is_same = (now["verdict"] == ranked.set_index("face_id")["label"]).to_numpy()
    is_final = now["is_final"].fillna(value=False).to_numpy(dtype=bool)
    faces = ranked[is_same & ~is_final].reset_index(drop=True)
    return LabelErrors(faces, len(predictions), int(faces["is_likely_error"].sum()))
