"""Labels that the standard cell of a run contradicts."""

from pathlib import Path
from typing import Final

import numpy as np
from cleanlab.filter import find_label_issues

from db.run_folder.figures import DoubtedLabels
from db.run_folder.predictions import PROBABILITY_COLUMNS, held_out_predictions
from db.run_folder.results import CellResult
from trainer.data.loading import LABELS

WORST: Final = 20


def doubted_labels(run_folder: Path, cell: CellResult) -> DoubtedLabels | None:
    """Find likely label errors by confident learning, the least trusted first.

    Source: Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty
    in dataset labels". The page of suggestions ranks the same, and sends faces back.

    Returns:
        None where the cell's predictions were not kept.
    """
    try:
        predictions = held_out_predictions(run_folder, cell.net, cell.classifier)
    except FileNotFoundError:
        return None
    classes = predictions["label"].map(LABELS.index).to_numpy(dtype=np.int64)
    if len(np.unique(classes)) < 2:  # one label alone cannot be confused with another
        return DoubtedLabels(len(predictions), 0, ())
    shares = predictions[list(PROBABILITY_COLUMNS)].to_numpy(dtype=np.float64)
    found = find_label_issues(
        classes,
        shares / shares.sum(axis=1, keepdims=True),
        filter_by="confident_learning",
        return_indices_ranked_by="normalized_margin",
        n_jobs=1,
    )
    worst = predictions["face_id"].to_numpy()[found[:WORST]]
    return DoubtedLabels(len(predictions), len(found), tuple(int(face_id) for face_id in worst))
