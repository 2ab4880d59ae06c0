"""The trainer's jobs, as the worker calls them. Keras is imported by the first that runs."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import select

from db.files.blobs import sha256_of_file
from db.jobs.progress import Progress, Steps
from db.jobs.queue import add_job
from db.jobs.worker import JobFunction
from db.model_folder.model_card import CARD_FILE
from db.project.project_folder import Project
from db.run_folder.results import RunResult
from db.tables.runs import Run
from db.tables.snapshots import StoredSnapshot
from trainer.attention.job import attention
from trainer.errors import TrainerError
from trainer.presets import PRESETS, Preset

_STORED: Final = {Run: ("run", "Run a benchmark"), StoredSnapshot: ("snapshot", "Freeze one")}
"""What people call each, and what makes one."""


def benchmark(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    """Train and score nets and classifiers on a snapshot, in the run folder of the job.

    A job that was stopped goes on in the same folder.

    Args:
        project: The project.
        arguments: `job_id`, `snapshot_id`, `preset`; optional `nets`, `classifiers`
            (all when missing or empty), `seed` (0), `changes` to the preset and `studies`
            by their names; `weights_of`, a run to start from; `apart_from`, a snapshot to
            hold faces out for.

    Returns:
        `run_id`, `folder` and the `net` and `classifier` of the standard cell.
    """
    preset = _preset(project, arguments)
    snapshot = _folder_of(project, StoredSnapshot, arguments["snapshot_id"])
    apart = arguments.get("apart_from")
    run_id, folder = _run_row(project, arguments)
    yield Progress(0, 0, "Starting Keras")
    # Here, because importing Keras takes seconds and the worker starts without.
    from trainer.benchmark import Benchmark, run_benchmark  # noqa: PLC0415
    from trainer.classifiers import CLASSIFIERS  # noqa: PLC0415
    from trainer.nets import NETS  # noqa: PLC0415
    from trainer.runs.studies import studies_from_json  # noqa: PLC0415

    asked = Benchmark(
        snapshot=snapshot,
        folder=project.folder / folder,
        preset=preset,
        nets=tuple(arguments.get("nets") or NETS),
        classifiers=tuple(arguments.get("classifiers") or CLASSIFIERS),
        seed=arguments.get("seed", 0),
        studies=studies_from_json(arguments.get("studies") or {}),
        apart_from=None if apart is None else _folder_of(project, StoredSnapshot, apart),
    )
    run = yield from run_benchmark(asked)
    return {"run_id": run_id, "folder": folder, **_standard(run)}


def _preset(project: Project, arguments: dict[str, Any]) -> Preset:
    preset = PRESETS.get(arguments["preset"])
    if preset is None:
        raise TrainerError(
            f"`preset` must be one of {', '.join(PRESETS)}. Received: {arguments['preset']!r}"
        )
    changes = dict(arguments.get("changes") or {})
    if arguments.get("weights_of"):
        changes["weights"] = str(_folder_of(project, Run, arguments["weights_of"]))
    return preset.changed(**changes)


def _folder_of(project: Project, what: type[Run | StoredSnapshot], stored_id: int) -> Path:
    with project.reading() as session:
        folder = session.scalar(select(what.folder).where(what.id == stored_id))
    if folder is None:
        name, remedy = _STORED[what]
        raise TrainerError(f"There is no {name} {stored_id}. {remedy} first.")
    return project.folder / folder


def estimate(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    """Say how long a benchmark on a snapshot would take on this machine.

    Args:
        project: The project.
        arguments: `snapshot_id`; optional `nets`, all when missing or empty.

    Returns:
        `snapshot_id`, and `seconds` by preset and net.
    """
    folder = _folder_of(project, StoredSnapshot, arguments["snapshot_id"])
    yield Progress(0, 0, "Starting Keras")
    from trainer.nets import NETS  # noqa: PLC0415
    from trainer.runs.estimate import estimated_seconds  # noqa: PLC0415 - Keras, see above

    nets = tuple(arguments.get("nets") or NETS)
    seconds = yield from estimated_seconds(folder, PRESETS, nets)
    return {"snapshot_id": arguments["snapshot_id"], "seconds": seconds}


def _standard(run: RunResult) -> dict[str, str]:
    cell = run.standard
    return {"net": cell.net, "classifier": cell.classifier} if cell else {}


def _run_row(project: Project, arguments: dict[str, Any]) -> tuple[int, str]:
    """Find or make the job's row in `runs`; return its id and its folder."""
    with project.writing() as session:
        run = session.scalar(select(Run).where(Run.job_id == arguments["job_id"]))
        if run is None:
            run = Run(
                snapshot_id=arguments["snapshot_id"],
                job_id=arguments["job_id"],
                folder=f"runs/run-{arguments['job_id']}",
                preset=arguments["preset"],
                created_at=datetime.now(UTC),
            )
            session.add(run)
        session.commit()
        return run.id, run.folder


def promote(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    """Make a cell of a run the project's standard model.

    Args:
        project: The project.
        arguments: `run_id`; optional `net` and `classifier`, both or neither.

    Returns:
        The `net` and `classifier` promoted, the `folder` they lie in, and `problems`: why
        the net is not there in one or the other form.
    """
    yield Progress(0, 1, "Starting Keras")
    from trainer.deployment import standard_model  # noqa: PLC0415 - Keras, see above

    card = yield from standard_model.promote(
        _folder_of(project, Run, arguments["run_id"]),
        project.standard_model,
        now=datetime.now(UTC),
        net=arguments.get("net"),
        classifier=arguments.get("classifier"),
    )
    to = project.standard_model.relative_to(project.folder)
    problems = {export.format: export.problem for export in card.exports if export.problem}
    return {
        "net": card.net, "classifier": card.classifier, "folder": str(to), "problems": problems
    }  # fmt: skip


def predict(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    """Predict the labels of crops with the project's standard model.

    The model stays loaded for the next call, until another one is promoted.

    Args:
        project: The project.
        arguments: `folder`: relative to the project, below its uploads, with the crops
            `0.png`, `1.png` …; it is removed when they are predicted.

    Returns:
        `net`, `classifier` and `probabilities`: one row a crop, in the order of
        `Expression`.
    """
    folder = _uploaded(project, arguments["folder"])
    paths = sorted(folder.glob("*.png"), key=lambda path: int(path.stem))
    yield Progress(0, len(paths), "Loading the model")
    from trainer.data.loading import decode_crop  # noqa: PLC0415 - Keras, see above
    from trainer.deployment.standard_model import predict as predict_crops  # noqa: PLC0415

    model = _loaded(project.standard_model, _card_sha256(project.standard_model))
    if not paths:
        raise TrainerError("The faces to predict are gone. Choose the photo again.")
    crops = [decode_crop(path.read_bytes(), model.size_px) for path in paths]
    shape = (len(crops), model.size_px, model.size_px, 3)
    rows = predict_crops(model, np.array(crops, dtype=np.uint8).reshape(shape))
    card = model.card
    shutil.rmtree(folder)  # nobody's face stays behind that is not in the set
    return {"net": card.net, "classifier": card.classifier, "probabilities": rows.tolist()}


def suggest(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    """Store what a model says of faces whose crops the curator has prepared for it.

    When all is stored the curator is asked to order the faces anew. The crops are removed,
    however this ends; one that was killed goes on with those that are left.

    Args:
        project: The project.
        arguments: `name`, `standard` or an installed net's; `model`, what the suggestions
            are stored under; `folder`: relative to the project, below its uploads, with
            `model_folder.prepared_crops`; `faces`, how many those are; `recipe`, as JSON, that the
            faces are ordered for.

    Returns:
        `model` and `faces`.
    """
    folder = _uploaded(project, arguments["folder"])
    try:
        yield Progress(0, arguments["faces"], "Loading the model")
        from trainer.deployment.suggestions import load_suggester, suggest_labels  # noqa: PLC0415 - Keras

        suggester = load_suggester(project, arguments["name"])
        if suggester.model != arguments["model"]:
            raise TrainerError(
                f"The crops were prepared for {arguments['model']}, and now there is "
                f"{suggester.model}. Ask for suggestions again."
            )
        result = yield from suggest_labels(project, suggester, folder, arguments["faces"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with project.writing() as session:
        asked = {"recipe": arguments["recipe"]}
        add_job(session, "order", asked, by=None, now=datetime.now(UTC))
        session.commit()
    return result


def _uploaded(project: Project, path: str) -> Path:
    folder = (project.folder / path).resolve()
    if not folder.is_relative_to(project.uploads):
        raise ValueError(f"`folder` must lie in {project.uploads}. Received: {folder}")
    return folder


def _card_sha256(folder: Path) -> str:
    card = folder / CARD_FILE
    return sha256_of_file(card) if card.exists() else ""


@lru_cache(maxsize=1)
def _loaded(folder: Path, card_sha256: str) -> Any:  # noqa: ARG001 - a new card, a new model
    from trainer.deployment.standard_model import load_standard_model  # noqa: PLC0415 - Keras, see above

    return load_standard_model(folder)


JOBS: Mapping[str, JobFunction] = {
    "benchmark": benchmark,
    "estimate": estimate,
    "promote": promote,
    "predict": predict,
    "suggest": suggest,
    "attention": attention,
}
