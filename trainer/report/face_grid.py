"""A grid of test faces with true and predicted labels, as the paper's Fig. 12 to 15."""

from typing import Any, Final

import pandas as pd
from matplotlib.axes import Axes

from db.snapshot_folder.manifest import Snapshot
from trainer.data.loading import decode_crop
from trainer.evaluation.predictions import TestPredictions
from trainer.report.pictures import new_figure, png

COLUMNS: Final = 7
ROWS: Final = 2
"""For the right ones, and as many for the wrong ones."""
SHOWN_PX: Final = 75
_RIGHT, _WRONG = "#117733", "#aa3344"


def chosen_faces(tested: TestPredictions, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw as many right and wrong faces as the grid holds, by chance and not by looks."""
    right, wrong = (tested.rows[mask] for mask in (tested.is_right, ~tested.is_right))
    most = COLUMNS * ROWS
    drawn = [rows.sample(min(most, len(rows)), random_state=seed) for rows in (right, wrong)]
    return drawn[0], drawn[1]


def right_and_wrong(
    snapshot: Snapshot, tested: TestPredictions, seed: int, rests_on: str
) -> bytes | None:
    """Draw test faces with what they show and what is predicted; the wrong ones below.

    Returns:
        None where crops are missing: the snapshot lies here without them.
    """
    right, wrong = chosen_faces(tested, seed)
    crops = dict(zip(snapshot.faces["face_id"], snapshot.faces["crop_sha256"], strict=True))
    figure = new_figure(COLUMNS * 1.35, 2 * ROWS * 1.7)
    grid = figure.subplots(2 * ROWS, COLUMNS)
    for axes in grid.flat:
        axes.set_axis_off()
    try:
        for places, rows in ((grid[:ROWS], right), (grid[ROWS:], wrong)):
            # Fewer faces than places leave the last ones empty.
            for axes, row in zip(places.flat, rows.itertuples(), strict=False):
                _show(axes, snapshot.crop_path(crops[row.face_id]).read_bytes(), row)
    except FileNotFoundError:
        return None
    return png(figure, f"Drawn by chance. {rests_on}")


def _show(axes: Axes, content: bytes, row: Any) -> None:
    is_right = row.label == row.predicted
    axes.imshow(decode_crop(content, SHOWN_PX))
    text = row.label if is_right else f"{row.label}\nsays {row.predicted}"
    colour = _RIGHT if is_right else _WRONG
    axes.set_title(f"{text} {row.confidence:.2f}", fontsize=8, color=colour)
