import sys
from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from tests.trainer.makers import make_net, make_run
from trainer.errors import TrainerError
from trainer.training.run_logs import MLFLOW_VARIABLE, logging_epochs


def write_epochs(folder: Path) -> None:
    net = make_net("Xception", 0.5, 0.75)
    with logging_epochs(make_run(), net, folder) as log:
        for epoch in net.history:
            log(epoch)


def test_tensorboard_reads_what_every_epoch_came_to(tmp_path: Path) -> None:
    write_epochs(tmp_path / "logs")

    read = EventAccumulator(str(tmp_path / "logs"))
    read.Reload()
    validation = read.Scalars("accuracy/validation")
    assert [(event.step, event.value) for event in validation] == [(1, 0.5), (2, 0.75)]
    assert set(read.Tags()["scalars"]) == {
        "accuracy/training", "accuracy/validation", "loss/training", "loss/validation", "seconds",
    }  # fmt: skip


def test_an_address_without_mlflow_is_refused_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(MLFLOW_VARIABLE, (tmp_path / "tracked").as_uri())
    monkeypatch.setitem(sys.modules, "mlflow", None)
    with pytest.raises(TrainerError, match=r'-m pip install "fer-curator\[mlflow\]"'):
        write_epochs(tmp_path / "logs")


@pytest.mark.filterwarnings("default")
def test_mlflow_gets_settings_and_epochs_when_its_address_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mlflow = pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv(MLFLOW_VARIABLE, (tmp_path / "tracked").as_uri())

    write_epochs(tmp_path / "logs")

    client = mlflow.MlflowClient(tracking_uri=(tmp_path / "tracked").as_uri())
    experiment = client.get_experiment_by_name("fer-curator drawn@1")
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.data.params["name"] == "tiny"
    assert run.data.metrics["accuracy/validation"] == 0.75
