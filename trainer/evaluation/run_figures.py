"""What a run is worth beyond its tables, from the predictions that it kept."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from db.run_folder.figures import CellComparison, RunFigures, store_figures
from db.run_folder.results import CellResult, RunResult, read_run, read_studies
from db.snapshot_folder.manifest import Snapshot
from trainer.errors import TrainerError
from trainer.evaluation.cell_figures import cell_figures
from trainer.evaluation.human_ceiling import human_ceiling
from trainer.evaluation.label_errors import doubted_labels
from trainer.evaluation.paired_test import adjusted, differences
from trainer.evaluation.predictions import TestPredictions, read_test_predictions
from trainer.evaluation.study_figures import (
    Perspective,
    labels_scores,
    leak,
    left_out_sources,
    perspective,
    seed_scores,
    source_scores,
)

Read = list[tuple[CellResult, TestPredictions]]


def write_figures(run_folder: Path, snapshot: Snapshot) -> RunFigures:
    """Work out the figures of a run and its studies, and keep them in its folder.

    Raises:
        RunError: There is no run in the folder.
        TrainerError: The run was made on another snapshot.
    """
    figures = run_figures(run_folder, snapshot)
    store_figures(run_folder, figures)
    return figures


def run_figures(run_folder: Path, snapshot: Snapshot) -> RunFigures:
    """Work out the figures of a run and its studies, as far as they are done.

    Raises:
        RunError: There is no run in the folder.
        TrainerError: The run was made on another snapshot.
    """
    run = read_run(run_folder)
    if run.snapshot_hash != snapshot.content_hash:
        raise TrainerError(
            f"The run in {run_folder} was made on {run.snapshot} ({run.snapshot_hash[:12]}). "
            f"Received: {snapshot.title} ({snapshot.content_hash[:12]}). Name that snapshot."
        )
    found = _of_cells(run_folder, run, snapshot.faces)
    beside = perspective(run_folder, run, read_studies(run_folder), snapshot.faces)
    if beside is not None:
        found = _with_studies(found, beside)
    return replace(
        found, doubted=doubted_labels(run_folder, run.standard) if run.standard else None
    )


def _of_cells(run_folder: Path, run: RunResult, faces: pd.DataFrame) -> RunFigures:
    read = [
        (cell, read_test_predictions(run_folder, cell.net, cell.classifier, faces))
        for cell in run.cells
    ]
    kept: Read = [(cell, tested) for cell, tested in read if tested is not None]
    standard = next((tested for cell, tested in kept if cell == run.standard), None)
    return RunFigures(
        cells=tuple(cell_figures(cell, tested, run.seed) for cell, tested in kept),
        comparisons=_comparisons(run, kept, standard) if standard is not None else (),
        ceiling=human_ceiling(standard, run.seed) if standard is not None else None,
    )


def _comparisons(
    run: RunResult, kept: Read, standard: TestPredictions
) -> tuple[CellComparison, ...]:
    others = [(cell, tested) for cell, tested in kept if cell != run.standard]
    found = differences(standard, [tested for _, tested in others], seed=run.seed)
    ps = adjusted([p for _, p in found])
    rows = [
        CellComparison(cell.net, cell.classifier, difference, p, adjusted_p)
        for (cell, _), (difference, p), adjusted_p in zip(others, found, ps, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: row.difference.value))


def _with_studies(figures: RunFigures, beside: Perspective) -> RunFigures:
    return replace(
        figures,
        leak=leak(beside),
        seeds=seed_scores(beside),
        labels=labels_scores(beside),
        left_out=left_out_sources(beside),
        sources=source_scores(beside),
    )
