"""Runs: what a benchmark did, kept in a folder that the trainer writes and pages read."""

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal

from db.files.blobs import write_whole
from db.run_folder.from_json import from_json
from db.run_folder.paper import TABLE_TWO_NET

RUN_FORMAT: Final = 2
READABLE_FORMATS: Final = (1, RUN_FORMAT)
"""Runs of the first format lack what came later, and read as if nobody had measured it."""
RUN_FILE: Final = "run.json"
STUDIES: Final = "studies"


class RunError(Exception):
    """A folder holds no run that can be read or used; the message says what to do."""


class RunState(StrEnum):
    """Where a run stands. One that was killed still says `running`."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class StudyKind(StrEnum):
    """What a study changes against its run; all else stays the same."""

    LEAKY = "leaky splits"
    SEED = "seed"
    LABELS = "labels"
    WITHOUT_SOURCE = "without a source"
    ONLY_SOURCE = "on one source"
    FOLD = "fold"


@dataclass(frozen=True)
class Study:
    """What sets a run apart that was made to put another into perspective.

    Attributes:
        kind: What it changes.
        name: Its folder below `studies` of its run, such as `seed-1`.
        about: The change, in a sentence.
        value: What it was changed to, where the kind leaves that open: a seed, a kind of
            label, a source, the number of a fold.
    """

    kind: StudyKind
    name: str
    about: str
    value: str = ""


@dataclass(frozen=True)
class EpochResult:
    """One pass over the training split.

    Attributes:
        epoch: 1, 2, …
        training_accuracy: Mean over the epoch, on augmented faces and with dropout, as
            Keras and so the paper's Table I report it; in [0, 1].
        training_loss: Mean cross entropy of the same, in nats.
        validation_accuracy: After the epoch, in [0, 1].
        validation_loss: After the epoch, in nats.
        seconds: Wall time.
    """

    epoch: int
    training_accuracy: float
    training_loss: float
    validation_accuracy: float
    validation_loss: float
    seconds: float


@dataclass(frozen=True)
class NetResult:
    """How far one net is trained: a row of Table I.

    Attributes:
        net: Its name.
        parameters: Its weights, trained or not, its head included.
        epochs: How many it is to be trained for; `history` says how many it has been.
        batch_size: Faces a mini-batch.
        learning_rate: Of the Adam optimiser, at the start.
        history: What came of each epoch so far.
        kept_epoch: The epoch whose weights the net has; the last one unless it stopped early.
        milliseconds_per_face: Wall time for one face shown by itself, the median of several.
        size_bytes: Of the file that holds it.
    """

    net: str
    parameters: int
    epochs: int
    batch_size: int
    learning_rate: float
    history: tuple[EpochResult, ...] = ()
    kept_epoch: int | None = None
    milliseconds_per_face: float | None = None
    size_bytes: int | None = None

    @property
    def seconds(self) -> float:
        """Wall time of all its epochs."""
        return sum(epoch.seconds for epoch in self.history)


@dataclass(frozen=True)
class CellResult:
    """One net with one classifier, scored: a row of Table II.

    Attributes:
        net: The net that gave the features.
        classifier: The classifier that read them.
        training_accuracy: On the training faces as they are, in [0, 1].
        training_loss: Cross entropy of the same, in nats.
        validation_accuracy: What the choice of the standard model goes by.
        validation_loss: Cross entropy of the same, in nats.
        test_accuracy: On the split that no choice has looked at.
        test_interval: Low and high end of its 95 % interval, by bootstrap over units.
        test_macro_f1: Mean of the F1 scores of the labels that the test split holds.
        test_recalls: By label; None where the test split has no face of it.
        confusion: Test faces, row: true label, column: predicted, in the order of
            `Expression`.
        seconds: Wall time of fitting and scoring.
    """

    net: str
    classifier: str
    training_accuracy: float
    training_loss: float
    validation_accuracy: float
    validation_loss: float
    test_accuracy: float
    test_interval: tuple[float, float]
    test_macro_f1: float
    test_recalls: dict[str, float | None]
    confusion: tuple[tuple[int, ...], ...]
    seconds: float


@dataclass(frozen=True)
class RunResult:
    """All cells of one benchmark, and what they rest on.

    Attributes:
        state: Where it stands.
        snapshot: Title of the snapshot, such as `9k@2`.
        snapshot_hash: Its content hash.
        preprocessing: How its crops were made: `paper` or `none`, as its recipe says.
        preset: Every setting of the preset, its `name` among them.
        seed: The one seed of everything that is drawn by chance.
        asked_nets: The nets it is to train, in that order.
        asked_classifiers: The classifiers it is to fit on each.
        faces: Faces used, by split.
        versions: Version by package.
        notes: What a reader of the figures must know.
        error: Why it failed; empty unless it did.
        nets: One result for each net that was begun.
        cells: One result for each cell that is done.
        study: What sets it apart from the run it belongs to; None for a run by itself.
        snapshot_path: Where the snapshot lay, relative to the run folder.
        device: What it ran on, and in which precision.
    """

    state: RunState
    snapshot: str
    snapshot_hash: str
    preprocessing: Literal["paper", "none"]
    preset: dict[str, Any]
    seed: int
    asked_nets: tuple[str, ...]
    asked_classifiers: tuple[str, ...]
    faces: dict[str, int] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    error: str = ""
    nets: tuple[NetResult, ...] = ()
    cells: tuple[CellResult, ...] = ()
    study: Study | None = None
    snapshot_path: str = ""
    device: str = ""

    def net(self, name: str) -> NetResult | None:
        """Find the result of a net; None when it was not begun."""
        return next((result for result in self.nets if result.net == name), None)

    def cell(self, net: str, classifier: str) -> CellResult | None:
        """Find the result of a cell; None when it is not done."""
        found = (cell for cell in self.cells if (cell.net, cell.classifier) == (net, classifier))
        return next(found, None)

    @property
    def standard(self) -> CellResult | None:
        """The cell of highest validation accuracy, of those the one of least loss.

        The test split has no say in it. None while no cell is done.
        """
        return max(
            self.cells,
            key=lambda cell: (cell.validation_accuracy, -cell.validation_loss),
            default=None,
        )

    @property
    def table_two_net(self) -> str | None:
        """The net of Table II: the paper's where it has cells, else the standard's."""
        if any(cell.net == TABLE_TWO_NET for cell in self.cells):
            return TABLE_TWO_NET
        return self.standard.net if self.standard else None


def write_run(folder: Path, run: RunResult) -> None:
    """Write `run.json`, whole or not at all."""
    text = json.dumps({"format": RUN_FORMAT, **asdict(run)}, indent=1, allow_nan=False)
    write_whole(folder / RUN_FILE, text.encode("utf-8"))


def read_run(folder: Path) -> RunResult:
    """Read the results in a run's folder, which may still be at work.

    Raises:
        RunError: There is no run in the folder, or its format or content is not ours.
    """
    try:
        content: dict[str, Any] = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f"{folder} holds no run ({RUN_FILE} is missing). "
            "Make one with: trainer benchmark SNAPSHOT"
        ) from None
    found = content.pop("format", None)
    if found not in READABLE_FORMATS:
        raise RunError(
            f"{folder} has run format {found!r}; this version reads up to {RUN_FORMAT}. "
            "Use the version of fer-curator that made it."
        )
    try:
        return from_json(RunResult, content)
    except TypeError as error:
        raise RunError(
            f"{folder / RUN_FILE} is not as it was written ({error}) Restore it from a copy."
        ) from error


def study_folder(run_folder: Path, name: str) -> Path:
    """Say where a study of a run lies."""
    return run_folder / STUDIES / name


def read_studies(run_folder: Path) -> tuple[tuple[Path, RunResult], ...]:
    """Read the studies of a run that were begun: their folders and results, by name."""
    folders = sorted(path.parent for path in (run_folder / STUDIES).glob(f"*/{RUN_FILE}"))
    return tuple((folder, read_run(folder)) for folder in folders)
