import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from db.run_folder.predictions import PROBABILITY_COLUMNS, predictions_file, read_predictions
from db.run_folder.results import RunState, read_run
from db.run_folder.run_files import net_files
from db.snapshot_folder.manifest import read_snapshot
from tests.trainer.makers import make_snapshot
from trainer.backend import keras
from trainer.data.loading import chosen_rows, load_faces
from trainer.training.features import net_outputs


def test_jax_trains_a_net_that_is_the_same_under_tensorflow(tmp_path: Path) -> None:
    snapshot, run = make_snapshot(tmp_path), tmp_path / "run"
    command = (
        *(sys.executable, "-m", "trainer", "benchmark", str(snapshot), "--out", str(run)),
        *("--preset", "thorough", "--set", "epochs=2", "--set", "batch_size=14"),
        *("--nets", "MiniResNet", "--classifiers", "softmax"),
    )

    subprocess.run(command, env=os.environ | {"KERAS_BACKEND": "jax"}, check=True)

    result = read_run(run)
    assert result.state is RunState.DONE
    assert ", jax, float32" in result.device
    assert "jax" in result.versions
    net = result.net("MiniResNet")
    assert net is not None
    assert len(net.history) == 2
    model = keras.models.load_model(net_files(run, "MiniResNet").model, compile=False)
    kept = read_snapshot(snapshot)
    rows = chosen_rows(kept.faces, "test", most_per_label=None, seed=0)
    said = read_predictions(predictions_file(run, "MiniResNet", "softmax"))
    under_jax = said[said["split"] == "test"].set_index("face_id").loc[rows["face_id"]]
    here = net_outputs(model, load_faces(kept, rows, 75).crops).probabilities
    np.testing.assert_allclose(under_jax[list(PROBABILITY_COLUMNS)], here, atol=1e-4)
