"""The job that draws where a net looks, as the worker calls it."""

from pathlib import Path
from typing import Any

from db.files.blobs import write_whole
from db.jobs.progress import Progress, Steps
from db.project.project_folder import Project
from db.run_folder.run_files import attention_file
from db.snapshot_folder.manifest import read_snapshot
from db.tables.runs import Run
from db.tables.snapshots import StoredSnapshot
from trainer.errors import TrainerError


def attention(project: Project, arguments: dict[str, Any]) -> Steps[dict[str, Any]]:
    """Draw where a net of a run looks in a face, into the run's folder.

    Args:
        project: The project.
        arguments: `run_id`, `net` and `face_id`.

    Returns:
        `picture`, relative to the project, and `label`, `predicted` and `probability`.
    """
    run_folder, snapshot_folder = _folders(project, arguments["run_id"])
    net, face_id = arguments["net"], arguments["face_id"]
    path = attention_file(run_folder, net, face_id)
    yield Progress(0, 1, "Loading the net")
    # Here, because importing Keras takes seconds and the worker starts without.
    from trainer.attention.face_attention import face_attention  # noqa: PLC0415

    found = face_attention(run_folder, net, face_id, read_snapshot(snapshot_folder))
    write_whole(path, found.png)
    return {
        "picture": str(path.relative_to(project.folder)),
        "label": found.label,
        "predicted": found.predicted,
        "probability": found.probability,
    }


def _folders(project: Project, run_id: int) -> tuple[Path, Path]:
    with project.reading() as session:
        run = session.get(Run, run_id)
        stored = session.get(StoredSnapshot, run.snapshot_id) if run and run.snapshot_id else None
        if run is None or stored is None:
            raise TrainerError(
                f"Run {run_id} or its snapshot is no longer in the project. Choose another run."
            )
        return project.folder / run.folder, project.folder / stored.folder
