"""Train nets, fit classifiers on what they give, and keep every result as it comes."""

from dataclasses import dataclass, replace
from pathlib import Path

from db.labels import SPLITS
from db.manifest import Snapshot, read_snapshot
from db.progress import Steps
from db.runs import NetResult, RunResult, RunState
from db.storage import written_whole
from trainer.backend import KerasModel, keras
from trainer.cells import fitted_cell
from trainer.classifiers import CLASSIFIERS
from trainer.features import outputs_of_splits
from trainer.loading import Faces, check_trainable, chosen_rows, load_faces
from trainer.nets import CROP_SIZE_PX, NETS
from trainer.notes import notes_on, versions
from trainer.presets import Preset
from trainer.run_files import net_files
from trainer.run_record import RunRecord, open_record
from trainer.training import go_on, new_training


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

    Raises:
        ValueError: A name is not known, or there is none.
    """

    snapshot: Path
    folder: Path
    preset: Preset
    nets: tuple[str, ...] = tuple(NETS)
    classifiers: tuple[str, ...] = tuple(CLASSIFIERS)
    seed: int = 0

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
    """Train every net, fit every classifier on it, score all cells.

    After every epoch and every cell the run folder says so, and what it says is done is
    not done again when the same benchmark is started on it.

    Yields:
        Progress in epochs and cells; closing it there cancels the run.

    Returns:
        All results.

    Raises:
        TrainerError: The snapshot cannot be trained on, weights are missing, a loss is no
            number, or the folder holds another run.
        SnapshotError: The snapshot folder is not whole.
    """
    snapshot = read_snapshot(benchmark.snapshot)
    check_trainable(snapshot)
    faces = _faces(benchmark, snapshot)
    record = open_record(benchmark.folder, _asked(benchmark, snapshot, faces))
    try:
        for net in benchmark.nets:
            yield from _net_and_cells(benchmark, record, net, faces)
    except (GeneratorExit, KeyboardInterrupt):
        record.keep(state=RunState.CANCELLED)
        raise
    except Exception as error:
        record.keep(state=RunState.FAILED, error=str(error))
        raise
    record.keep(state=RunState.DONE)
    return record.run


def _faces(benchmark: Benchmark, snapshot: Snapshot) -> dict[str, Faces]:
    preset = benchmark.preset
    faces = {}
    for split in SPLITS:
        most = (
            preset.training_faces_per_label if split == "train" else preset.scoring_faces_per_label
        )
        rows = chosen_rows(snapshot, split, most_per_label=most, seed=benchmark.seed)
        faces[split] = load_faces(snapshot, rows, CROP_SIZE_PX)
    return faces


def _asked(benchmark: Benchmark, snapshot: Snapshot, faces: dict[str, Faces]) -> RunResult:
    preset = benchmark.preset
    return RunResult(
        state=RunState.RUNNING,
        snapshot=snapshot.title,
        snapshot_hash=snapshot.content_hash,
        preprocessing="paper" if snapshot.recipe.get("preprocessing") == "paper" else "none",
        preset=preset.as_json(),
        seed=benchmark.seed,
        asked_nets=benchmark.nets,
        asked_classifiers=benchmark.classifiers,
        faces={split: len(faces[split]) for split in SPLITS},
        versions=versions(),
        notes=notes_on(preset, snapshot, faces, benchmark.nets),
        nets=tuple(_untrained(net, preset) for net in benchmark.nets),
    )


def _untrained(net: str, preset: Preset) -> NetResult:
    return NetResult(
        net=net,
        parameters=0,
        epochs=preset.epochs_for(net),
        batch_size=preset.batch_size,
        learning_rate=preset.learning_rate_for(net),
    )


def _net_and_cells(
    benchmark: Benchmark, record: RunRecord, net: str, faces: dict[str, Faces]
) -> Steps[None]:
    missing = [name for name in benchmark.classifiers if not record.run.cell(net, name)]
    if not missing:
        return
    files = net_files(benchmark.folder, net)
    if files.model.exists():
        model = keras.models.load_model(files.model, compile=False)
    else:
        model = yield from _trained(benchmark, record, net, faces)
    yield record.progress(f"{net}: features")
    outputs = outputs_of_splits(model, faces, files.features)
    for name in missing:
        yield record.progress(f"{net}: {name}")
        record.keep_cell(fitted_cell(files, name, faces, outputs, benchmark.seed))
    yield record.progress(f"{net}: done")


def _trained(
    benchmark: Benchmark, record: RunRecord, net: str, faces: dict[str, Faces]
) -> Steps[KerasModel]:
    yield record.progress(f"{net}: building")
    files = net_files(benchmark.folder, net)
    training = new_training(net, benchmark.preset, benchmark.seed, files)
    before = record.run.net(net) or _untrained(net, benchmark.preset)
    result = replace(before, parameters=training.net.count_params())
    for history in go_on(training, faces, before.history):
        record.keep_net(replace(result, history=history))
        yield record.progress(f"{net}: epoch {len(history)} of {result.epochs}")
    with written_whole(files.model) as aside:
        training.net.save(aside)
    files.drop_checkpoints()
    return training.net
