"""Train and score nets and classifiers on a snapshot, then put the best into perspective."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from db.jobs.progress import Followed, Progress, Steps
from db.run_folder.results import CellResult, RunResult, read_run, study_folder, write_run
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from trainer.classifiers import CLASSIFIERS
from trainer.data.loading import check_trainable
from trainer.data.splits import apart_from
from trainer.errors import TrainerError
from trainer.evaluation.run_figures import write_figures
from trainer.nets import NETS
from trainer.presets import Preset
from trainer.report import write_report
from trainer.runs.run_once import Task, carry_out
from trainer.runs.studies import Origin, Planned, Studies, planned_studies

PARTS: Final = 1000
"""What progress counts each net in."""


@dataclass(frozen=True)
class Benchmark:
    """What a benchmark is asked for.

    Attributes:
        snapshot: A snapshot folder.
        folder: The run folder: new, or of the same benchmark, which then goes on.
        preset: How nets are trained.
        nets: Names in `NETS`.
        classifiers: Names in `CLASSIFIERS`.
        seed: 0 or above; of everything that is drawn by chance.
        studies: What follows, with the standard cell's net and classifier.
        apart_from: Another snapshot whose validation and test faces nothing is to be learned
            of; None where the nets will not be trained on with another.

    Raises:
        ValueError: A name is not known, or there is none.
    """

    snapshot: Path
    folder: Path
    preset: Preset
    nets: tuple[str, ...] = tuple(NETS)
    classifiers: tuple[str, ...] = tuple(CLASSIFIERS)
    seed: int = 0
    studies: Studies = field(default_factory=Studies)
    apart_from: Path | None = None

    def __post_init__(self) -> None:
        _check_names("nets", self.nets, tuple(NETS))
        _check_names("classifiers", self.classifiers, tuple(CLASSIFIERS))
        if self.seed < 0:
            raise ValueError(f"`seed` must be 0 or above. Received: {self.seed}")


def _check_names(what: str, names: tuple[str, ...], known: tuple[str, ...]) -> None:
    strange = [name for name in names if name not in known]
    if strange or not names:
        raise ValueError(f"`{what}` must be some of {', '.join(known)}. Received: {names}")


def run_benchmark(benchmark: Benchmark) -> Steps[RunResult]:
    """Train every net, fit every classifier on it, score all cells, make the studies.

    Started again on the same folder it goes on where it was stopped.

    Yields:
        Progress in time; closing it there cancels the run.

    Returns:
        The results of the run; those of its studies lie in its folder.

    Raises:
        TrainerError: The snapshot cannot be trained on, weights are missing, a loss is no
            number, the disk is full, or the folder holds another run.
        SnapshotError: The snapshot folder is not whole.
    """
    snapshot = read_snapshot(benchmark.snapshot)
    task = _main_task(benchmark, snapshot)
    check_trainable(snapshot.title, task.rows)
    origin = Origin(task.rows, task.preset, task.seed)
    studies = planned_studies(benchmark.studies, origin)
    nets, whole = len(task.nets), len(task.nets) + len(studies)
    run = yield from _part_of(carry_out(task), (0, nets, whole))
    if run.standard:
        yield from _all_studies(task, studies, run.standard)
    yield Progress(PARTS * whole, PARTS * whole, "Report")
    write_figures(benchmark.folder, snapshot)
    write_report(benchmark.folder, snapshot)
    return read_run(benchmark.folder)


def _main_task(benchmark: Benchmark, snapshot: Snapshot) -> Task:
    rows = snapshot.faces
    notes: tuple[str, ...] = ()
    if benchmark.apart_from:
        other = read_snapshot(benchmark.apart_from)
        rows = apart_from(rows, other.faces)
        notes = (
            f"{len(snapshot.faces) - len(rows):,} faces were left out, which {other.title} "
            f"({other.content_hash[:12]}) keeps for validation and test.",
        )
    return Task(
        snapshot=snapshot,
        rows=rows,
        folder=benchmark.folder,
        preset=benchmark.preset,
        nets=benchmark.nets,
        classifiers=benchmark.classifiers,
        seed=benchmark.seed,
        notes=notes,
    )


def _part_of(
    steps: Steps[RunResult], place: tuple[int, int, int], name: str = ""
) -> Steps[RunResult]:
    """Do a part of a whole, with its progress as a part of the whole's.

    Args:
        steps: The part.
        place: In nets to train: how many come before it, its own, and those of the whole.
        name: What to say before each message.
    """
    before, own, whole = place
    followed = Followed(steps)
    for reached in followed:
        share = reached.done / max(reached.total, 1)
        done = round(PARTS * (before + own * share))
        yield Progress(done, PARTS * whole, f"{name}{reached.message}")
    return followed.result


def _all_studies(task: Task, studies: list[Planned], standard: CellResult) -> Steps[None]:
    """Make each study that has the faces for it; note why the others were left out."""
    nets, left_out = len(task.nets), []
    for number, planned in enumerate(studies):
        try:
            check_trainable(planned.study.about, planned.rows)
        except TrainerError as error:
            left_out.append(f"Left out: {error}")
            continue
        steps = carry_out(_study_task(task, planned, standard))
        place = (nets + number, 1, nets + len(studies))
        yield from _part_of(steps, place, f"{planned.study.name}: ")
    run = read_run(task.folder)
    write_run(task.folder, replace(run, notes=tuple(dict.fromkeys((*run.notes, *left_out)))))


def _study_task(task: Task, planned: Planned, standard: CellResult) -> Task:
    return replace(
        task,
        rows=planned.rows,
        folder=study_folder(task.folder, planned.study.name),
        preset=planned.preset,
        nets=(standard.net,),
        classifiers=(standard.classifier,),
        seed=planned.seed,
        study=planned.study,
        notes=(planned.study.about,),
    )
