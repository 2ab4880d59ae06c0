from pathlib import Path

import pandas as pd

from db.run_folder.predictions import (
    COLUMNS,
    PROBABILITY_COLUMNS,
    predictions_file,
    read_predictions,
    write_predictions,
)


def test_predictions_survive_a_round_trip(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        [[3, "test", "sad", *[1 / 7] * 7], [9, "validation", "fear", *[1, 0, 0, 0, 0, 0, 0]]],
        columns=["face_id", "split", "label", *PROBABILITY_COLUMNS],
    )
    path = predictions_file(tmp_path, "Xception", "svm")
    write_predictions(path, rows)
    assert path == tmp_path / "nets" / "Xception" / "predictions-svm.parquet"
    pd.testing.assert_frame_equal(read_predictions(path), rows.astype(COLUMNS))
