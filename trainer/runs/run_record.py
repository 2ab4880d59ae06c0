"""A run while it is at work: every change is on disk before the next begins."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from db.jobs.progress import Progress
from db.run_folder.results import (
    RUN_FILE,
    CellResult,
    NetResult,
    RunResult,
    RunState,
    read_run,
    write_run,
)
from trainer.errors import TrainerError
from trainer.presets import Preset

CELL_SECONDS: Final = 5
EPOCH_SECONDS: Final = 5
"""What a cell, and an epoch of a net that has none yet, count as: neither was timed before."""


class RunRecord:
    """The results of a run and the folder that keeps them.

    Attributes:
        folder: The run folder.
        run: The results so far, as they stand on disk.
    """

    def __init__(self, folder: Path, run: RunResult) -> None:
        self.folder = folder
        self.run = run
        self.keep()

    def keep(self, **changes: Any) -> None:
        """Change fields of the run and write it."""
        self.run = replace(self.run, **changes)
        write_run(self.folder, self.run)

    def keep_net(self, result: NetResult) -> None:
        """Put the result of a net in the place of its last one."""
        nets = [result if net.net == result.net else net for net in self.run.nets]
        self.keep(nets=tuple(nets))

    def keep_cell(self, result: CellResult) -> None:
        """Add the result of a cell."""
        self.keep(cells=(*self.run.cells, result))

    def progress(self, message: str, *, net: str = "", share: float = 0.0) -> Progress:
        """Say how much of the run's time has passed, as far as it can be told.

        Args:
            message: What is being done.
            net: The net that is being trained, if one is.
            share: Of its epoch at work.

        Returns:
            Done and total in seconds, those of nets that have no epoch yet taken as alike.
        """
        run = self.run
        asked = [result for result in run.nets if result.net in run.asked_nets]
        cells = [
            cell
            for cell in run.cells
            if cell.net in run.asked_nets and cell.classifier in run.asked_classifiers
        ]
        done = sum(_epoch_seconds(result) * _epochs_done(result) for result in asked)
        done += sum(_epoch_seconds(result) * share for result in asked if result.net == net)
        total = sum(_epoch_seconds(result) * result.epochs for result in asked)
        of_cells = len(run.asked_nets) * len(run.asked_classifiers)
        return Progress(
            done=round(done) + CELL_SECONDS * len(cells),
            total=max(round(total), round(done)) + CELL_SECONDS * of_cells,
            message=message,
        )


def _epochs_done(net: NetResult) -> int:
    return net.epochs if net.kept_epoch is not None else len(net.history)


def _epoch_seconds(net: NetResult) -> float:
    if not net.history:
        return EPOCH_SECONDS
    return sum(epoch.seconds for epoch in net.history) / len(net.history)


def open_record(folder: Path, run: RunResult) -> RunRecord:
    """Begin a run in a folder, or go on with the one that is there.

    Args:
        folder: A new folder, or one where the same run was begun.
        run: What is asked for. Nets and classifiers may differ from those asked before;
            what is done of them is kept.

    Raises:
        TrainerError: The folder holds a run on another snapshot, preset or seed.
    """
    if not (folder / RUN_FILE).exists():
        return RunRecord(folder, run)
    before = read_run(folder)
    # Runs of earlier versions do not name the settings that came later.
    before = replace(before, preset={**_defaults(), **before.preset})
    for name in ("snapshot_hash", "preset", "seed", "study"):
        if getattr(before, name) != getattr(run, name):
            raise TrainerError(
                f"{folder} holds a run with another {name.replace('_', ' ')}: "
                f"{getattr(before, name)}, now {getattr(run, name)}. Name another folder."
            )
    begun = {net.net: net for net in before.nets}
    nets = tuple(begun.get(net.net, net) for net in run.nets)
    others = tuple(net for net in before.nets if net.net not in run.asked_nets)
    asked = replace(run, nets=(*nets, *others), cells=before.cells)
    return RunRecord(folder, replace(asked, state=RunState.RUNNING, error=""))


def _defaults() -> dict[str, Any]:
    return Preset("", epochs=1, batch_size=2, learning_rate=0.1).as_json()
