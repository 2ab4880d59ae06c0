"""What the studies of a run say beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pandas as pd

from db.run_folder.results import CellResult, RunResult, Study, StudyKind
from db.run_folder.study_figures import LabelsScore, Leak, LeftOutSource, SeedScore, SourceScore
from trainer.evaluation.bootstrap import estimate_of, share_estimate
from trainer.evaluation.cell_figures import cell_figures
from trainer.evaluation.paired_test import adjusted, differences
from trainer.evaluation.predictions import (
    TestPredictions,
    accuracies,
    accuracy,
    read_test_predictions,
)

ALL_SOURCES: Final = "all sources"


@dataclass(frozen=True, eq=False)
class Studied:
    """One study that is done, with its test faces.

    Attributes:
        study: What it is.
        seed: Its seed.
        cell: The net and classifier it trained.
        tested: Its test faces.
    """

    study: Study
    seed: int
    cell: CellResult
    tested: TestPredictions


@dataclass(frozen=True, eq=False)
class Perspective:
    """The cell of a run that its studies are about, and those.

    Attributes:
        run: The run.
        cell: The cell.
        tested: Its test faces.
        studies: Its studies, by name.
    """

    run: RunResult
    cell: CellResult
    tested: TestPredictions
    studies: tuple[Studied, ...]

    def of(self, kind: StudyKind) -> list[Studied]:
        """List the studies of a kind."""
        return [one for one in self.studies if one.study.kind is kind]


def perspective(
    run_folder: Path,
    run: RunResult,
    studies: tuple[tuple[Path, RunResult], ...],
    faces: pd.DataFrame,
) -> Perspective | None:
    """Read what stands beside a run; None where nothing does.

    Studies are about the cell that was the standard one when they were made; those of
    another cell, left from when the run had fewer nets, are passed over.

    Args:
        run_folder: The run's folder.
        run: Its results.
        studies: As `db.run_folder.results.read_studies` returns them.
        faces: The manifest.
    """
    done = tuple(_studied(studies, faces))
    if not done:
        return None
    last = done[-1].cell
    cell = run.cell(last.net, last.classifier)
    tested = read_test_predictions(run_folder, last.net, last.classifier, faces) if cell else None
    if cell is None or tested is None:
        return None
    same = (
        one for one in done if (one.cell.net, one.cell.classifier) == (cell.net, cell.classifier)
    )
    return Perspective(run, cell, tested, tuple(same))


def _studied(studies: tuple[tuple[Path, RunResult], ...], faces: pd.DataFrame) -> Iterator[Studied]:
    for folder, run in studies:
        cell = run.standard
        if run.study is None or cell is None:
            continue
        tested = read_test_predictions(folder, cell.net, cell.classifier, faces)
        if tested is not None:
            yield Studied(run.study, run.seed, cell, tested)


def leak(beside: Perspective) -> Leak | None:
    """Set the honest accuracy beside the leaked one; None without that study.

    The two are of different faces, so that their resamples are drawn apart.
    """
    for leaky in beside.of(StudyKind.LEAKY):
        honest = accuracies(beside.tested, beside.run.seed)
        leaked = accuracies(leaky.tested, beside.run.seed + 1)
        return Leak(
            about=leaky.study.about,
            honest=share_estimate(honest, **_count(beside.tested)),
            leaked=share_estimate(leaked, **_count(leaky.tested)),
            difference=estimate_of(leaked - honest, **_count(leaky.tested)),
        )
    return None


def _count(tested: TestPredictions) -> dict[str, int]:
    return {"faces": len(tested), "units": tested.unit_count()}


def seed_scores(beside: Perspective) -> tuple[SeedScore, ...]:
    """List the scores of the run and of its other seeds, by seed; none without such."""
    others = beside.of(StudyKind.SEED)
    if not others:
        return ()
    tested = {beside.run.seed: beside.tested, **{one.seed: one.tested for one in others}}
    return tuple(_seed_score(beside.cell, seed, tested[seed]) for seed in sorted(tested))


def _seed_score(cell: CellResult, seed: int, tested: TestPredictions) -> SeedScore:
    figures = cell_figures(cell, tested, seed)
    return SeedScore(seed, figures.accuracy, figures.macro_f1)


def labels_scores(beside: Perspective) -> tuple[LabelsScore, ...]:
    """List the scores of the run and of its studies of labels; none without such."""
    others = beside.of(StudyKind.LABELS)
    if not others:
        return ()
    found = differences(beside.tested, [one.tested for one in others], seed=beside.run.seed)
    ps = adjusted([p for _, p in found])
    own = str(beside.run.preset.get("labels", "hard"))
    rows = [_labels_score(beside, own, beside.tested)]
    for one, (difference, _), p in zip(others, found, ps, strict=True):
        row = _labels_score(beside, one.study.value, one.tested)
        rows.append(replace(row, difference=difference, adjusted_p=p))
    return tuple(rows)


def _labels_score(beside: Perspective, labels: str, tested: TestPredictions) -> LabelsScore:
    figures = cell_figures(beside.cell, tested, beside.run.seed)
    return LabelsScore(labels, figures.accuracy, figures.macro_f1, figures.calibration_error)


def left_out_sources(beside: Perspective) -> tuple[LeftOutSource, ...]:
    """Say how each source is recognised that was left out of training."""
    rows = []
    for one in beside.of(StudyKind.WITHOUT_SOURCE):
        source, seed = one.study.value, beside.run.seed
        without = accuracy(one.tested, seed)
        if without is not None:
            rows.append(LeftOutSource(source, without, accuracy(_of(source, beside.tested), seed)))
    return tuple(rows)


def source_scores(beside: Perspective) -> tuple[SourceScore, ...]:
    """Pair each source trained on, and all of them, with each source tested on."""
    trained = {one.study.value: one.tested for one in beside.of(StudyKind.ONLY_SOURCE)}
    if not trained:
        return ()
    rows = []
    for name, tested in {**trained, ALL_SOURCES: beside.tested}.items():
        for source in sorted(set(tested.rows["source"])):
            score = accuracy(_of(source, tested), beside.run.seed)
            if score is not None:
                rows.append(SourceScore(name, source, score))
    return tuple(rows)


def _of(source: str, tested: TestPredictions) -> TestPredictions:
    return tested.among((tested.rows["source"] == source).to_numpy())
