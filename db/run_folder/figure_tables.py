"""The figures of a run as tables, for pages, reports and CSV."""

from collections.abc import Iterable, Mapping
from typing import Final

import pandas as pd

from db.run_folder.estimate import Estimate
from db.run_folder.figures import CellFigures, RunFigures, SliceKind
from db.run_folder.results import RunResult
from db.run_folder.run_tables import all_cells, confusion_table, rests_on, table_one, table_two

Row = dict[str, object]

_ACCURACY: Final = ("accuracy", "low", "high", "faces")
_CELL: Final = ("net", "classifier")


def _columns(estimate: Estimate | None, name: str = "accuracy") -> Row:
    if estimate is None:
        return {name: None, "low": None, "high": None, "faces": 0}
    low, high = estimate.interval or (None, None)
    return {name: estimate.value, "low": low, "high": high, "faces": estimate.faces}


def _table(rows: Iterable[Row], columns: Iterable[str]) -> pd.DataFrame:
    """Lay out rows; what is missing in a column of numbers is NaN, not an object."""
    table = pd.DataFrame(list(rows), columns=list(columns))
    numbers = [
        name for name in table if table[name].map(lambda value: isinstance(value, float)).any()
    ]
    return table.astype(dict.fromkeys(numbers, "float64"))


def recall_table(cells: Iterable[CellFigures]) -> pd.DataFrame:
    """Lay out the recall of each label: `recall` with `low` and `high` ends, and `faces`."""
    rows = (
        {"net": cell.net, "classifier": cell.classifier, "label": label}
        | _columns(recall, "recall")
        for cell in cells
        for label, recall in cell.recalls.items()
    )
    return _table(rows, (*_CELL, "label", "recall", *_ACCURACY[1:]))


def slice_table(cells: Iterable[CellFigures], kind: SliceKind | None = None) -> pd.DataFrame:
    """Lay out the accuracy on parts of the test split, of one kind or of all."""
    rows = (
        {"net": cell.net, "classifier": cell.classifier, "by": str(part.kind), "part": part.name}
        | _columns(part.accuracy)
        for cell in cells
        for part in cell.slices
        if kind in {None, part.kind}
    )
    return _table(rows, (*_CELL, "by", "part", *_ACCURACY))


def calibration_table(cells: Iterable[CellFigures]) -> pd.DataFrame:
    """Lay out the bins of the reliability diagrams."""
    rows = (
        {
            "net": cell.net,
            "classifier": cell.classifier,
            "from": one.low,
            "to": one.high,
            "confidence": one.confidence,
            "accuracy": one.accuracy,
            "faces": one.faces,
        }
        for cell in cells
        for one in cell.calibration
    )
    return _table(rows, (*_CELL, "from", "to", "confidence", "accuracy", "faces"))


def scores_table(cells: Iterable[CellFigures]) -> pd.DataFrame:
    """Lay out what each cell scores on the test split."""
    rows = (
        {"net": cell.net, "classifier": cell.classifier}
        | _columns(cell.accuracy)
        | {
            "macro F1": cell.macro_f1.value,
            "F1 low": cell.macro_f1.interval[0] if cell.macro_f1.interval else None,
            "F1 high": cell.macro_f1.interval[1] if cell.macro_f1.interval else None,
            "ECE": cell.calibration_error,
        }
        for cell in cells
    )
    return _table(rows, (*_CELL, *_ACCURACY, "macro F1", "F1 low", "F1 high", "ECE"))


def comparison_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out the standard cell against every other.

    Returns:
        `ahead by` is how much more accurate the standard cell is on the same test faces,
        with its 95 % interval; `adjusted p` counts in how many comparisons there are.
    """
    rows = (
        {"net": one.net, "classifier": one.classifier}
        | _columns(one.difference, "ahead by")
        | {"p": one.p, "adjusted p": one.adjusted_p, "verdict": one.verdict}
        for one in figures.comparisons
    )
    return _table(rows, (*_CELL, "ahead by", "low", "high", "faces", "p", "adjusted p", "verdict"))


def verdicts_in_words(figures: RunFigures) -> str:
    """Say which cells cannot be told from the standard one; at least one is compared."""
    alike = [one for one in figures.comparisons if not one.is_distinguishable]
    others = f"the {len(figures.comparisons)} other cells"
    if not alike:
        return f"It is told apart from each of {others}."
    names = ", ".join(f"{one.net} with {one.classifier}" for one in alike[:_MOST_NAMED])
    more = len(alike) - _MOST_NAMED
    rest = f" and {more} more of {others}" if more > 0 else ""
    return f"Not distinguishable from it on these test faces: {names}{rest}."


_MOST_NAMED = 5


def ceiling_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out people and the standard cell, judged alike."""
    ceiling, rows = figures.ceiling, []
    if ceiling is not None:
        others, vote = "what most of the others say", "what one person says"
        rows = [
            {"who": "one person", "judged by": others} | _columns(ceiling.person),
            {"who": "standard cell", "judged by": others} | _columns(ceiling.cell),
            {"who": "best possible", "judged by": vote} | _columns(ceiling.best_of_votes),
            {"who": "standard cell", "judged by": vote} | _columns(ceiling.cell_of_votes),
        ]
    return _table(rows, ("who", "judged by", *_ACCURACY))


def leak_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out the honest accuracy beside the leaked one."""
    leak, rows = figures.leak, []
    if leak is not None:
        rows = [
            {"splits": "honest: no unit in two splits"} | _columns(leak.honest),
            {"splits": "leaked: faces dealt regardless of units"} | _columns(leak.leaked),
            {"splits": "leaked less honest"} | _columns(leak.difference),
        ]
    return _table(rows, ("splits", *_ACCURACY))


def seeds_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out the scores of each seed."""
    rows = (
        {"seed": one.seed} | _columns(one.accuracy) | {"macro F1": one.macro_f1.value}
        for one in figures.seeds
    )
    return _table(rows, ("seed", *_ACCURACY, "macro F1"))


def seeds_in_words(figures: RunFigures) -> str:
    """Say how far seeds alone move the accuracy."""
    found = pd.Series([one.accuracy.value for one in figures.seeds], dtype="float64")
    return (
        f"{len(found)} seeds: mean {found.mean():.1%}, standard deviation {found.std():.1%}, "
        f"range {found.min():.1%} to {found.max():.1%}."
    )


def labels_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out the scores of each kind of label; `run ahead by` is against the run itself."""
    rows = []
    for one in figures.labels:
        ahead = _columns(one.difference, "ahead")
        rows.append(
            {"taught by": one.labels}
            | _columns(one.accuracy)
            | {
                "macro F1": one.macro_f1.value,
                "ECE": one.calibration_error,
                "run ahead by": ahead["ahead"],
                "ahead low": ahead["low"],
                "ahead high": ahead["high"],
                "adjusted p": one.adjusted_p,
            }
        )
    columns = ("macro F1", "ECE", "run ahead by", "ahead low", "ahead high", "adjusted p")
    return _table(rows, ("taught by", *_ACCURACY, *columns))


def left_out_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out how each source is recognised unseen, and seen."""
    rows = (
        {"source": one.source}
        | _columns(one.without)
        | {
            "trained with it": one.within.value if one.within else None,
            "faces with it": one.within.faces if one.within else 0,
        }
        for one in figures.left_out
    )
    return _table(rows, ("source", *_ACCURACY, "trained with it", "faces with it"))


def sources_table(figures: RunFigures) -> pd.DataFrame:
    """Lay out each pair of a source trained on and one tested on, a row each."""
    rows = (
        {"trained on": one.trained, "tested on": one.tested} | _columns(one.accuracy)
        for one in figures.sources
    )
    return _table(rows, ("trained on", "tested on", *_ACCURACY))


def sources_matrix(figures: RunFigures) -> pd.DataFrame:
    """Lay out the same as a matrix of words: a row per training source, a column per tested."""
    scores = {(one.trained, one.tested): one.accuracy for one in figures.sources}
    trained = list(dict.fromkeys(one.trained for one in figures.sources))
    tested = list(dict.fromkeys(one.tested for one in figures.sources))
    rows = [
        {"trained on": row} | {name: _in_words(scores.get((row, name))) for name in tested}
        for row in trained
    ]
    return pd.DataFrame(rows, columns=["trained on", *tested])


def _in_words(estimate: Estimate | None) -> str:
    return "" if estimate is None else estimate.in_words()


def csv_tables(run: RunResult, figures: RunFigures | None) -> Mapping[str, pd.DataFrame]:
    """Lay out every table of a run by its name, each row saying what it rests on."""
    shown = figures or RunFigures()
    tables = {
        "nets": table_one(run),
        "classifiers": table_two(run),
        "cells": all_cells(run),
        "confusion": _confusion(run),
        "scores": scores_table(shown.cells),
        "recalls": recall_table(shown.cells),
        "calibration": calibration_table(shown.cells),
        "parts": slice_table(shown.cells),
        "comparisons": comparison_table(shown),
        "people": ceiling_table(shown),
        "leak": leak_table(shown),
        "seeds": seeds_table(shown),
        "labels": labels_table(shown),
        "left-out": left_out_table(shown),
        "sources": sources_table(shown),
    }
    return {name: table.assign(**{"rests on": rests_on(run)}) for name, table in tables.items()}


def _confusion(run: RunResult) -> pd.DataFrame:
    if run.standard is None:
        return pd.DataFrame()
    return confusion_table(run.standard).reset_index()
