"""What is known of one cell on the test split."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from db.run_folder.estimate import Estimate
from db.run_folder.figures import CellFigures, Slice
from db.run_folder.results import CellResult
from trainer.data.loading import LABELS
from trainer.evaluation.bootstrap import estimate_of, resampled_sums, share_estimate
from trainer.evaluation.calibration import calibration_bins, calibration_error
from trainer.evaluation.predictions import TestPredictions
from trainer.evaluation.scores import macro_f1s
from trainer.evaluation.slices import Part, parts_of

CONFUSIONS: Final = len(LABELS) ** 2
"""Pairs of a true and a predicted label."""


def cell_figures(cell: CellResult, tested: TestPredictions, seed: int) -> CellFigures:
    """Work out the figures of a cell from its test faces.

    Args:
        cell: The cell.
        tested: Its test faces, at least one.
        seed: Draws the resamples.
    """
    parts = parts_of(tested.rows)
    sums = resampled_sums(_columns(tested, parts), tested.units, seed=seed)
    confusions = sums[:, :CONFUSIONS].reshape(-1, len(LABELS), len(LABELS))
    bins = calibration_bins(tested.rows["confidence"].to_numpy(), tested.is_right)
    return CellFigures(
        net=cell.net,
        classifier=cell.classifier,
        accuracy=_accuracy(confusions, tested),
        macro_f1=estimate_of(macro_f1s(confusions), faces=len(tested), units=tested.unit_count()),
        recalls=_recalls(confusions, tested),
        calibration_error=calibration_error(bins),
        calibration=bins,
        slices=_slices(parts, sums[:, CONFUSIONS:], tested),
    )


def _columns(tested: TestPredictions, parts: list[Part]) -> NDArray[np.bool_]:
    """Lay out what is counted: the confusions, then of each part the right and all faces."""
    confusions = np.zeros((len(tested), CONFUSIONS), dtype=np.bool_)
    pairs = tested.classes * len(LABELS) + tested.predicted
    confusions[np.arange(len(tested)), pairs] = True
    is_right = tested.is_right
    of_parts = [column for part in parts for column in (part.holds & is_right, part.holds)]
    return np.column_stack([confusions, *of_parts])


def _accuracy(confusions: NDArray[np.float64], tested: TestPredictions) -> Estimate:
    shares = np.trace(confusions, axis1=1, axis2=2) / confusions.sum(axis=(1, 2))
    return share_estimate(shares, faces=len(tested), units=tested.unit_count())


def _recalls(
    confusions: NDArray[np.float64], tested: TestPredictions
) -> dict[str, Estimate | None]:
    recalls: dict[str, Estimate | None] = {}
    for number, label in enumerate(LABELS):
        right, faces = confusions[:, number, number], confusions[:, number].sum(axis=1)
        recalls[label] = _share(right, faces, tested, tested.classes == number)
    return recalls


def _slices(
    parts: list[Part], sums: NDArray[np.float64], tested: TestPredictions
) -> tuple[Slice, ...]:
    slices = []
    for number, part in enumerate(parts):
        right, faces = sums[:, 2 * number], sums[:, 2 * number + 1]
        accuracy = _share(right, faces, tested, part.holds)
        if accuracy is not None:
            slices.append(Slice(part.kind, part.name, accuracy))
    return tuple(slices)


def _share(
    right: NDArray[np.float64],
    faces: NDArray[np.float64],
    tested: TestPredictions,
    is_counted: NDArray[np.bool_],
) -> Estimate | None:
    """Estimate a share of some faces; resamples that drew none of them say nothing."""
    if not faces[0]:
        return None
    drawn = faces > 0
    units = tested.unit_count(is_counted)
    return share_estimate(right[drawn] / faces[drawn], faces=round(faces[0]), units=units)
