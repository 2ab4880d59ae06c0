"""Train nets and fit classifiers on one split of faces, and keep every result as it comes."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from db.files.blobs import sha256_of_file, written_whole
from db.jobs.progress import Steps
from db.labels import SPLITS
from db.run_folder.results import NetResult, RunResult, RunState, Study
from db.run_folder.run_files import NetFiles, net_files
from db.snapshot_folder.manifest import Snapshot
from trainer.backend import KerasModel, device_here, keras
from trainer.data.loading import Faces, chosen_rows, load_faces
from trainer.nets import CROP_SIZE_PX
from trainer.nets.weights import earlier_run
from trainer.presets import Preset
from trainer.runs.cells import fitted_cell
from trainer.runs.faces_used import check_apart, write_faces_used
from trainer.runs.notes import notes_on, versions
from trainer.runs.run_record import RunRecord, open_record
from trainer.training.epochs import Training, go_on, in_full_precision, new_training
from trainer.training.failures import with_advice
from trainer.training.features import NetOutputs, outputs_of_splits
from trainer.training.run_logs import logging_epochs
from trainer.training.schedule import kept_epoch


@dataclass(frozen=True)
class Task:
    """One run to carry out.

    Attributes:
        snapshot: Where the crops lie.
        rows: The manifest's rows that take part, with the splits to use.
        folder: The run folder: new, or of the same run, which then goes on.
        preset: How nets are trained.
        nets: Names in `NETS`.
        classifiers: Names in `CLASSIFIERS`.
        seed: Of everything that is drawn by chance.
        study: What sets it apart from the run it belongs to.
        notes: What a reader of its figures must know besides what goes for all runs.
    """

    snapshot: Snapshot
    rows: pd.DataFrame
    folder: Path
    preset: Preset
    nets: tuple[str, ...]
    classifiers: tuple[str, ...]
    seed: int
    study: Study | None = None
    notes: tuple[str, ...] = ()


def carry_out(task: Task) -> Steps[RunResult]:
    """Train every net, fit every classifier on it, score all cells.

    After every epoch and every cell the run folder says so, and what it says is done is
    not done again when the same task is started on it.

    Yields:
        Progress in time; closing it there cancels the run.

    Returns:
        All results.

    Raises:
        TrainerError: Weights are missing or have seen faces to be held out, a loss is no
            number, the disk is full, or the folder holds another run.
    """
    weights_from = earlier_run(task.preset.weights)
    if weights_from:
        check_apart(weights_from, task.rows)
    faces = _loaded(task)
    record = open_record(task.folder, _asked(task, faces))
    try:
        with with_advice(task.folder):
            write_faces_used(task.folder, task.rows)
            for net in task.nets:
                yield from _net_and_cells(task, record, net, faces)
    except (GeneratorExit, KeyboardInterrupt):
        record.keep(state=RunState.CANCELLED)
        raise
    except Exception as error:
        record.keep(state=RunState.FAILED, error=str(error))
        raise
    record.keep(state=RunState.DONE)
    return record.run


def _loaded(task: Task) -> dict[str, Faces]:
    preset, faces = task.preset, {}
    for split in SPLITS:
        most = (
            preset.training_faces_per_label if split == "train" else preset.scoring_faces_per_label
        )
        rows = chosen_rows(task.rows, split, most_per_label=most, seed=task.seed)
        faces[split] = load_faces(task.snapshot, rows, CROP_SIZE_PX)
    return faces


def _asked(task: Task, faces: dict[str, Faces]) -> RunResult:
    snapshot, preset = task.snapshot, task.preset
    return RunResult(
        state=RunState.RUNNING,
        snapshot=snapshot.title,
        snapshot_hash=snapshot.content_hash,
        preprocessing="paper" if snapshot.recipe.get("preprocessing") == "paper" else "none",
        preset=_as_kept(preset, task.folder),
        seed=task.seed,
        asked_nets=task.nets,
        asked_classifiers=task.classifiers,
        faces={split: len(faces[split]) for split in SPLITS},
        versions=versions(),
        notes=(*task.notes, *notes_on(preset, task.rows, faces, task.nets)),
        nets=tuple(_untrained(net, preset) for net in task.nets),
        study=task.study,
        snapshot_path=_path_from(task.folder, snapshot.folder),
        device=device_here(preset.precision),
    )


def _as_kept(preset: Preset, run_folder: Path) -> dict[str, Any]:
    """List the settings, an earlier run by its path from this one: both may be moved."""
    before = earlier_run(preset.weights)
    return preset.as_json() | ({"weights": _path_from(run_folder, before)} if before else {})


def _path_from(run_folder: Path, other: Path) -> str:
    return os.path.relpath(other.resolve(), run_folder.resolve())


def _untrained(net: str, preset: Preset) -> NetResult:
    return NetResult(
        net=net,
        parameters=0,
        epochs=preset.epochs_for(net),
        batch_size=preset.batch_size,
        learning_rate=preset.learning_rate_for(net),
    )


def _net_and_cells(task: Task, record: RunRecord, net: str, faces: dict[str, Faces]) -> Steps[None]:
    missing = [name for name in task.classifiers if not record.run.cell(net, name)]
    if not missing:
        return
    files = net_files(task.folder, net)
    if files.model.exists():
        model = keras.models.load_model(files.model, compile=False)
    else:
        model = yield from _trained(task, record, net, faces)
    yield record.progress(f"{net}: features")
    outputs = _measured_outputs(record, net, model, faces, files)
    for name in missing:
        yield record.progress(f"{net}: {name}")
        record.keep_cell(fitted_cell(files, name, faces, outputs, task.seed))
    yield record.progress(f"{net}: done")


def _trained(task: Task, record: RunRecord, net: str, faces: dict[str, Faces]) -> Steps[KerasModel]:
    yield record.progress(f"{net}: building")
    files = net_files(task.folder, net)
    training = new_training(net, task.preset, task.seed, files)
    result = replace(_net_so_far(record, net), parameters=training.net.count_params())
    yield from _epochs(training, record, result, faces)
    result = _net_so_far(record, net)
    model = in_full_precision(training)
    with written_whole(files.model) as aside:
        model.save(aside)
    files.drop_checkpoints()
    files.drop_best()
    record.keep_net(replace(result, kept_epoch=kept_epoch(task.preset, result.history)))
    return model


def _net_so_far(record: RunRecord, net: str) -> NetResult:
    result = record.run.net(net)
    if result is None:
        raise ValueError(f"`net` must be one that the run is asked for. Received: {net!r}")
    return result


def _epochs(
    training: Training, record: RunRecord, result: NetResult, faces: dict[str, Faces]
) -> Steps[None]:
    net = training.net_name
    with logging_epochs(record.run, result, training.files.logs) as log:
        for reached in go_on(training, faces, result.history):
            if not reached.share:
                record.keep_net(replace(result, history=reached.history))
                log(reached.history[-1])
            message = f"{net}: {_epoch_of(result, len(reached.history))}"
            yield record.progress(message, net=net, share=reached.share)


def _epoch_of(result: NetResult, done: int) -> str:
    return f"epoch {min(done + 1, result.epochs)} of {result.epochs}"


def _measured_outputs(
    record: RunRecord, net: str, model: KerasModel, faces: dict[str, Faces], files: NetFiles
) -> dict[str, NetOutputs]:
    """Take the outputs of a net, and note how fast it gave them and how large its file is."""
    outputs = outputs_of_splits(
        model, faces, files.features, net_sha256=sha256_of_file(files.model)
    )
    measured = replace(
        _net_so_far(record, net),
        milliseconds_per_face=outputs.milliseconds_per_face,
        size_bytes=files.model.stat().st_size,
    )
    record.keep_net(measured)
    return outputs.by_split
