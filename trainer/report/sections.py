"""What a report of a run says, in order, whatever it is written as."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pandas as pd

from db.run_folder.figure_tables import (
    ceiling_table,
    comparison_table,
    labels_table,
    leak_table,
    left_out_table,
    recall_table,
    seeds_in_words,
    seeds_table,
    slice_table,
    sources_matrix,
    verdicts_in_words,
)
from db.run_folder.figures import CellFigures, RunFigures, SliceKind
from db.run_folder.results import CellResult, RunResult
from db.run_folder.run_tables import confusion_table, table_one, table_two

CURVES: Final = "curves"
CONFUSION: Final = "confusion"
RELIABILITY: Final = "reliability"
RIGHT_AND_WRONG: Final = "right-and-wrong"


@dataclass(frozen=True, eq=False)
class Section:
    """One part of a report.

    Attributes:
        title: Its heading.
        sentences: Paragraphs, plain text.
        table: The table below them, if it has one.
        pictures: How the names of its pictures begin.
    """

    title: str
    sentences: tuple[str, ...] = ()
    table: pd.DataFrame | None = None
    pictures: tuple[str, ...] = ()

    def shown(self, names: Iterable[str]) -> list[str]:
        """Choose its own of the pictures that there are."""
        return [name for name in names if name.startswith(self.pictures)]

    def has_something_in(self, names: Iterable[str]) -> bool:
        """Tell whether anything is left to show where there are these pictures only."""
        return bool(self.sentences or self.table is not None or self.shown(names))


def sections(run: RunResult, figures: RunFigures | None) -> list[Section]:
    """List the sections that a run has something to say in."""
    found = [_table_one(run)]
    if run.table_two_net:
        title = f"Table II: classifiers on the features of {run.table_two_net}"
        found.append(Section(title, (), table_two(run)))
    if run.standard:
        found.append(_standard(run.standard, figures))
    if figures is not None and run.standard:
        cell = figures.cell(run.standard.net, run.standard.classifier)
        found += [] if cell is None else list(_of_cell(cell))
        found += list(_of_run(figures))
    return found


def _table_one(run: RunResult) -> Section:
    failed = (f"The run failed: {run.error}",) if run.error else ()
    return Section("Table I: nets", failed, table_one(run), (CURVES,))


def _standard(cell: CellResult, figures: RunFigures | None) -> Section:
    low, high = cell.test_interval
    sentences = (
        f"Chosen by validation accuracy ({cell.validation_accuracy:.4f}). On the test split "
        f"it predicts {cell.test_accuracy:.4f} of the faces rightly (95 % interval {low:.4f} "
        f"to {high:.4f}, by units); macro F1 {cell.test_macro_f1:.4f}.",
        *([verdicts_in_words(figures)] if figures and figures.comparisons else []),
        "Confusion on the test split, true labels down, predicted ones across:",
    )
    title = f"Standard: {cell.net} with {cell.classifier}"
    return Section(title, sentences, confusion_table(cell).reset_index(), (CONFUSION,))


def _of_cell(cell: CellFigures) -> Iterator[Section]:
    """Show the standard cell by itself."""
    recalls = recall_table([cell]).drop(columns=["net", "classifier"])
    yield Section(
        "Recall of each label", ("Intervals are 95 %, by bootstrap over units.",), recalls
    )
    yield Section(
        "Calibration",
        (
            f"Expected calibration error {cell.calibration_error:.4f} over 15 bins of equal width: "
            "how far the probability of the predicted label is from how often it is right.",
        ),
        pictures=(RELIABILITY,),
    )
    for kind in SliceKind:
        table = slice_table([cell], kind)
        if len(table):
            title = f"Accuracy by {'size of the face' if kind is SliceKind.SIZE else kind}"
            yield Section(title, (), table.drop(columns=["net", "classifier", "by"]))
    yield Section("Right and wrong", (), None, (RIGHT_AND_WRONG,))


def _of_run(figures: RunFigures) -> Iterator[Section]:
    """Show what puts the run into perspective, as far as it was studied."""
    if figures.comparisons:
        yield Section("The standard cell against the others", _PAIRED, comparison_table(figures))
    if figures.ceiling:
        yield Section("People on the same faces", _PEOPLE, ceiling_table(figures))
    if figures.leak:
        yield Section("Honest and leaked", (figures.leak.about,), leak_table(figures))
    if figures.seeds:
        yield Section("Seeds", (seeds_in_words(figures),), seeds_table(figures))
    tables: tuple[tuple[str, bool, Callable[[RunFigures], pd.DataFrame]], ...] = (
        ("What nets are taught of the votes", bool(figures.labels), labels_table),
        ("Sources left out of training", bool(figures.left_out), left_out_table),
        ("Trained here, tested there", bool(figures.sources), sources_matrix),
    )
    for title, is_there, table in tables:
        if is_there:
            yield Section(title, (), table(figures))
    if figures.doubted:
        yield Section("Labels in doubt", tuple(_doubted(figures)))


_PAIRED: Final = (
    "On the same test faces; bootstrap over units, p adjusted for the number of comparisons "
    "(Holm). What is not distinguishable may be better or worse on other faces.",
)
_PEOPLE: Final = (
    "On test faces with three votes or more. One person is compared with what most of the "
    "others say, each person in turn, and the cell with the same. The best possible "
    "classifier against single votes names the most frequent one; taken from few votes, that "
    "figure is rather too high.",
)


def _doubted(figures: RunFigures) -> Iterator[str]:
    doubted = figures.doubted
    if doubted is None:
        return
    yield (
        f"The standard cell surely says another label than {doubted.likely:,} of the "
        f"{doubted.covered:,} that it was not fitted on (confident learning). Where it often errs, "
        "or its probabilities are no true ones, as those of SVM, most are its own errors: "
        "people are to look."
    )
    if doubted.face_ids:
        ids = ", ".join(str(face_id) for face_id in doubted.face_ids)
        yield f"The least trusted faces, first the worst: {ids}."


def versions_in_words(run: RunResult) -> str:
    """List the versions that figures depend on."""
    return ", ".join(f"{name} {version}" for name, version in run.versions.items())
