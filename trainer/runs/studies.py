"""Studies: runs made to put the standard cell of another into perspective."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from db.run_folder.benchmark_choices import LabelKind
from db.run_folder.results import Study, StudyKind
from trainer.data.splits import crossing_faces, fold, leaky_splits, only_source, without_source
from trainer.presets import Preset

MOST_FOLDS = 20


@dataclass(frozen=True)
class Studies:
    """Which studies follow a benchmark.

    Attributes:
        leaky: Whether to deal faces anew so that units may cross between splits.
        seeds: How many more seeds to train with.
        labels: Whether to compare what nets are taught of the votes.
        sources: Whether to leave out each source in turn, and to train on each alone.
        folds: Into how many parts to cut the faces for out-of-fold predictions; 0 for none.

    Raises:
        ValueError: A number is out of its range.
    """

    leaky: bool = False
    seeds: int = 0
    labels: bool = False
    sources: bool = False
    folds: int = 0

    def __post_init__(self) -> None:
        if self.seeds < 0:
            raise ValueError(f"`seeds` must be 0 or more. Received: {self.seeds}")
        if self.folds and not 2 <= self.folds <= MOST_FOLDS:
            raise ValueError(f"`folds` must be 0 or 2 to {MOST_FOLDS}. Received: {self.folds}")


def studies_from_json(content: dict[str, Any]) -> Studies:
    """Read studies as a job's arguments name them.

    Raises:
        ValueError: A name is not one of theirs.
    """
    known = Studies.__dataclass_fields__
    strange = sorted(set(content) - set(known))
    if strange:
        raise ValueError(f"Studies are {', '.join(known)}. Received: {strange[0]!r}")
    return Studies(**content)


@dataclass(frozen=True)
class Planned:
    """One study, ready to run.

    Attributes:
        study: What it is.
        rows: The rows of the manifest with the splits it uses.
        preset: How it trains.
        seed: Of everything drawn by chance.
    """

    study: Study
    rows: pd.DataFrame
    preset: Preset
    seed: int


@dataclass(frozen=True)
class Origin:
    """What studies start from: the main run's rows, preset and seed."""

    rows: pd.DataFrame
    preset: Preset
    seed: int

    def changed(
        self,
        study: Study,
        *,
        rows: pd.DataFrame | None = None,
        preset: Preset | None = None,
        seed: int | None = None,
    ) -> Planned:
        """Plan a study that differs in what is given."""
        return Planned(
            study,
            self.rows if rows is None else rows,
            preset or self.preset,
            self.seed if seed is None else seed,
        )


def planned_studies(wanted: Studies, origin: Origin) -> list[Planned]:
    """List the studies of a run, in the order they are made."""
    makers: list[tuple[bool, Callable[[Origin], Iterator[Planned]]]] = [
        (wanted.leaky, _leaky),
        (wanted.seeds > 0, lambda origin: _seeds(origin, wanted.seeds)),
        (wanted.labels, _labels),
        (wanted.sources, _sources),
        (wanted.folds > 0, lambda origin: _folds(origin, wanted.folds)),
    ]
    return [planned for is_wanted, make in makers if is_wanted for planned in make(origin)]


def _leaky(origin: Origin) -> Iterator[Planned]:
    rows = leaky_splits(origin.rows, origin.seed)
    tested = int((rows["split"] == "test").sum())
    about = (
        f"Each face dealt alone: {crossing_faces(rows):,} of {tested:,} test faces have a face "
        "of their unit in the training split. In the run itself there is none."
    )
    yield origin.changed(Study(StudyKind.LEAKY, "leaky", about), rows=rows)


def _seeds(origin: Origin, count: int) -> Iterator[Planned]:
    for seed in range(origin.seed + 1, origin.seed + 1 + count):
        about = f"The same again with seed {seed}."
        study = Study(StudyKind.SEED, f"seed-{seed}", about, str(seed))
        yield origin.changed(study, seed=seed)


def _labels(origin: Origin) -> Iterator[Planned]:
    for kind in LabelKind:
        if kind is not origin.preset.labels:
            about = f"Taught by {kind} labels instead of {origin.preset.labels} ones."
            study = Study(StudyKind.LABELS, f"labels-{kind}", about, kind)
            yield origin.changed(study, preset=origin.preset.changed(labels=kind))


def _sources(origin: Origin) -> Iterator[Planned]:
    names = sorted(set(origin.rows["source"]))
    if len(names) < 2:
        return
    for number, name in enumerate(names, start=1):
        study = Study(
            StudyKind.WITHOUT_SOURCE,
            f"without-source-{number}",
            f"Trained without {name}, tested on all of it.",
            name,
        )
        yield origin.changed(study, rows=without_source(origin.rows, name))
    for number, name in enumerate(names, start=1):
        about = f"Trained on {name} alone, tested on the test faces of every source."
        study = Study(StudyKind.ONLY_SOURCE, f"only-source-{number}", about, name)
        yield origin.changed(study, rows=only_source(origin.rows, name))


def _folds(origin: Origin, count: int) -> Iterator[Planned]:
    for number in range(1, count + 1):
        study = Study(
            StudyKind.FOLD,
            f"fold-{number}",
            f"Part {number} of {count} held out; all parts together hold every face out once.",
            f"{number} of {count}",
        )
        rows = fold(origin.rows, number, of=count, seed=origin.seed)
        yield origin.changed(study, rows=rows)
