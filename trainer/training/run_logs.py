"""Logs of a training for the tools that people watch trainings with.

TensorBoard's are always written, into the folder of the net. MLflow's are sent where
`MLFLOW_TRACKING_URI` says, when it is set: MLflow brings many packages and is an extra.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, Protocol

from db.run_folder.results import EpochResult, NetResult, RunResult
from trainer.errors import TrainerError

MLFLOW_VARIABLE: Final = "MLFLOW_TRACKING_URI"


class EpochLog(Protocol):
    """Takes the results of epochs as they come."""

    def __call__(self, epoch: EpochResult) -> None:
        """Write one epoch down."""


@contextmanager
def logging_epochs(run: RunResult, net: NetResult, folder: Path) -> Iterator[EpochLog]:
    """Write the epochs of one net down while the block runs.

    Args:
        run: The run the net belongs to.
        net: What it is trained with.
        folder: Where TensorBoard's files go.

    Raises:
        TrainerError: MLflow is asked for and not installed.
    """
    with _tensorboard(folder) as to_tensorboard, _mlflow(run, net) as to_mlflow:

        def log(epoch: EpochResult) -> None:
            to_tensorboard(epoch)
            to_mlflow(epoch)

        yield log


def _scalars(epoch: EpochResult) -> dict[str, float]:
    return {
        "accuracy/training": epoch.training_accuracy,
        "accuracy/validation": epoch.validation_accuracy,
        "loss/training": epoch.training_loss,
        "loss/validation": epoch.validation_loss,
        "seconds": epoch.seconds,
    }


@contextmanager
def _tensorboard(folder: Path) -> Iterator[EpochLog]:
    # Here, since they take a second that no other command needs.
    from tensorboard.compat.proto.event_pb2 import Event  # noqa: PLC0415
    from tensorboard.compat.proto.summary_pb2 import Summary  # noqa: PLC0415
    from tensorboard.summary.writer.event_file_writer import EventFileWriter  # noqa: PLC0415

    writer = EventFileWriter(str(folder))

    def log(epoch: EpochResult) -> None:
        values = [
            Summary.Value(tag=tag, simple_value=value) for tag, value in _scalars(epoch).items()
        ]
        writer.add_event(Event(step=epoch.epoch, summary=Summary(value=values)))
        writer.flush()

    try:
        yield log
    finally:
        writer.close()


def _mlflow(run: RunResult, net: NetResult) -> AbstractContextManager[EpochLog]:
    return _mlflow_run(run, net) if os.environ.get(MLFLOW_VARIABLE) else nullcontext(_nowhere)


def _nowhere(epoch: EpochResult) -> None:
    """Write nothing down."""


@contextmanager
def _mlflow_run(run: RunResult, net: NetResult) -> Iterator[EpochLog]:
    mlflow = _imported_mlflow()
    mlflow.set_experiment(f"fer-curator {run.snapshot}")
    with mlflow.start_run(run_name=f"{net.net} {run.preset['name']} seed {run.seed}"):
        mlflow.log_params({"snapshot_hash": run.snapshot_hash, "seed": run.seed, **run.preset})
        yield lambda epoch: mlflow.log_metrics(_scalars(epoch), step=epoch.epoch)


def _imported_mlflow() -> Any:
    try:
        import mlflow  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise TrainerError(
            f"{MLFLOW_VARIABLE} is set, and MLflow is not installed. "
            f'Install it with: {sys.executable} -m pip install "fer-curator[mlflow]", '
            "or unset the variable."
        ) from error
    return mlflow
