"""A run while it is at work: every change is on disk before the next begins."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from db.progress import Progress
from db.runs import (
    RUN_FILE,
    CellResult,
    NetResult,
    RunResult,
    RunState,
    read_run,
    write_run,
)
from trainer.errors import TrainerError


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
        others = tuple(net for net in self.run.nets if net.net != result.net)
        self.keep(nets=(*others, result))

    def keep_cell(self, result: CellResult) -> None:
        """Add the result of a cell."""
        self.keep(cells=(*self.run.cells, result))

    def progress(self, message: str) -> Progress:
        """Count epochs and cells done, of all that the run is asked for."""
        run = self.run
        preset_epochs = {net.net: net.epochs for net in run.nets}
        asked = [net for net in run.nets if net.net in run.asked_nets]
        cells = [
            cell
            for cell in run.cells
            if cell.net in run.asked_nets and cell.classifier in run.asked_classifiers
        ]
        return Progress(
            done=sum(len(net.history) for net in asked) + len(cells),
            total=sum(preset_epochs[net] for net in run.asked_nets)
            + len(run.asked_nets) * len(run.asked_classifiers),
            message=message,
        )


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
    for name in ("snapshot_hash", "preset", "seed"):
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
