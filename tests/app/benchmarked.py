"""A project with a benchmark that has ended, for the tests of its page."""

from pathlib import Path
from typing import Final

from sqlalchemy import select

from curator.core.snapshots.recipe import PRESETS
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.run_folder.results import write_run
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from db.tables.runs import Run
from db.tables.snapshots import StoredSnapshot
from tests.makers import NOW, make_labelled_project
from tests.trainer.makers import make_cell, make_net, make_predictions, make_run

RUN: Final = "runs/run-1"


def make_benchmarked_project(folder: Path) -> Project:
    """Make a snapshot and a run whose best cell takes the first test face for the next label."""
    from trainer.evaluation.run_figures import write_figures  # noqa: PLC0415 - it takes seconds to import

    made = make_labelled_project(folder, [label for label in Expression for _ in range(8)])
    with made.writing() as session:
        finished(committing(session, freeze(made, session, "set", PRESETS["even"], now=NOW)))
        stored = session.scalars(select(StoredSnapshot)).one()
        session.add(Run(snapshot_id=stored.id, folder=RUN, preset="tiny", created_at=NOW))
        session.commit()
    snapshot = frozen(made)
    cells = (make_cell(), make_cell(net="AlexNet", validation_accuracy=0.7))
    nets = (make_net("Xception", 0.5, 0.8), make_net("AlexNet", 0.4, 0.7))
    run = make_run(snapshot_hash=snapshot.content_hash, cells=cells, nets=nets)
    write_run(made.folder / RUN, run)
    make_predictions(made.folder / RUN, snapshot, wrong={first_tested(snapshot)})
    make_predictions(made.folder / RUN, snapshot, net="AlexNet")
    write_figures(made.folder / RUN, snapshot)
    made.engine.dispose()
    return made


def frozen(project: Project) -> Snapshot:
    with project.reading() as session:
        stored = session.scalars(select(StoredSnapshot)).one()
    return read_snapshot(project.folder / stored.folder)


def first_tested(snapshot: Snapshot) -> int:
    faces = snapshot.faces
    return int(faces.loc[faces["split"] == "test", "face_id"].min())
