"""The tables of a run, with the paper's figures beside ours."""

from typing import Final

import pandas as pd

from db.labels import Expression
from db.run_folder.benchmark_choices import SOFTMAX
from db.run_folder.paper import PAPER_CLASSIFIERS, PAPER_NETS
from db.run_folder.results import CellResult, NetResult, RunResult

COUNTS: Final = ("parameters", "paper parameters", "epochs", "MB", "faces", "faces with it")
FEW_DIGITS: Final = ("ms per face", "size in MB")
"""Columns of tables of a run that are whole numbers, and that one decimal place is enough for;
all other numbers but seeds are shares."""

TABLE_ONE_COLUMNS = (
    "net", "TA", "VA", "TL", "VL", "parameters", "epochs", "MB", "LR",
    "paper TA", "paper VA", "paper TL", "paper VL", "paper parameters",
    "test", "test low", "test high", "ms per face", "size in MB", "best",
)  # fmt: skip
MEASURED: Final = ("test", "test low", "test high", "ms per face", "size in MB")
TABLE_TWO_COLUMNS = (
    "classifier", "TA", "VA", "1 - VA", "TL", "VL",
    "test", "test low", "test high", "macro F1",
    "paper TA", "paper VA", "paper 1 - VA", "best",
)  # fmt: skip


def rests_on(run: RunResult) -> str:
    """Say in a line what the figures of a run rest on."""
    device = f", {run.device}" if run.device else ""
    preset = run.preset["name"]
    mark = run.snapshot_hash[:12]
    return f"{run.snapshot} ({mark}), preset {preset}, seed {run.seed}{device}"


def table_one(run: RunResult) -> pd.DataFrame:
    """Lay out Table I: the nets of a run with their own softmax heads.

    Returns:
        One row for each net with at least one epoch, by rising TA as in the paper, with
        the columns of `TABLE_ONE_COLUMNS`. TA, VA, TL and VL are those of the epoch whose
        weights the net has; `MB` is the mini-batch; `test` is the accuracy on the test
        split with its 95 % interval. Figures that the paper has not, or nobody measured,
        are missing; `best` marks the highest VA.
    """
    rows = [_net_row(run, net) for net in run.nets if net.history]
    return _marked(pd.DataFrame(rows, columns=list(TABLE_ONE_COLUMNS)))


def _net_row(run: RunResult, net: NetResult) -> dict[str, object]:
    kept = net.history[(net.kept_epoch or len(net.history)) - 1]
    row: dict[str, object] = {
        "net": net.net,
        "TA": kept.training_accuracy,
        "VA": kept.validation_accuracy,
        "TL": kept.training_loss,
        "VL": kept.validation_loss,
        "parameters": net.parameters,
        "epochs": len(net.history),
        "MB": net.batch_size,
        "LR": net.learning_rate,
        "ms per face": net.milliseconds_per_face,
        "size in MB": None if net.size_bytes is None else net.size_bytes / 1e6,
    }
    softmax = run.cell(net.net, SOFTMAX)
    return row | _paper_row(net.net) | (_test_row(softmax) if softmax else {})


def _paper_row(net: str) -> dict[str, object]:
    paper = PAPER_NETS.get(net)
    if paper is None:
        return {}
    return {
        "paper TA": paper.training_accuracy,
        "paper VA": paper.validation_accuracy,
        "paper TL": paper.training_loss,
        "paper VL": paper.validation_loss,
        "paper parameters": paper.parameters,
    }


def _test_row(cell: CellResult) -> dict[str, object]:
    low, high = cell.test_interval
    return {"test": cell.test_accuracy, "test low": low, "test high": high}


def table_two(run: RunResult) -> pd.DataFrame:
    """Lay out Table II: the classifiers on the features of `run.table_two_net`.

    Returns:
        One row a classifier, by rising TA, with the columns of `TABLE_TWO_COLUMNS`;
        `test` is the accuracy on the test split with its 95 % interval; `best` marks the
        highest VA.
    """
    rows = [_cell_row(cell) for cell in run.cells if cell.net == run.table_two_net]
    return _marked(pd.DataFrame(rows, columns=list(TABLE_TWO_COLUMNS)))


def _cell_row(cell: CellResult) -> dict[str, object]:
    paper = PAPER_CLASSIFIERS.get(cell.classifier)
    row: dict[str, object] = {
        "classifier": paper.title if paper else cell.classifier,
        "TA": cell.training_accuracy,
        "VA": cell.validation_accuracy,
        "1 - VA": 1 - cell.validation_accuracy,
        "TL": cell.training_loss,
        "VL": cell.validation_loss,
        "macro F1": cell.test_macro_f1,
        **_test_row(cell),
    }
    if paper is None:
        return row
    return row | {
        "paper TA": paper.training_accuracy,
        "paper VA": paper.validation_accuracy,
        "paper 1 - VA": 1 - paper.validation_accuracy,
    }


def _marked(table: pd.DataFrame) -> pd.DataFrame:
    ordered = table.sort_values("TA", ignore_index=True, kind="stable")
    measured = [name for name in MEASURED if name in ordered]
    ordered[measured] = ordered[measured].astype("float64")
    ordered["best"] = ordered["VA"] == ordered["VA"].max()
    return ordered


def curve_table(run: RunResult) -> pd.DataFrame:
    """Lay out the learning curves: `net`, `epoch`, `faces`, `accuracy` and `loss`.

    Returns:
        Two rows an epoch: `faces` is `training` in one and `validation` in the other.
    """
    rows = [
        row
        for net in run.nets
        for epoch in net.history
        for row in (
            (net.net, epoch.epoch, "training", epoch.training_accuracy, epoch.training_loss),
            (net.net, epoch.epoch, "validation", epoch.validation_accuracy, epoch.validation_loss),
        )
    ]
    return pd.DataFrame(rows, columns=["net", "epoch", "faces", "accuracy", "loss"])


def all_cells(run: RunResult) -> pd.DataFrame:
    """Lay out every cell: one row a net and classifier, in the order they were done."""
    rows = [{"net": cell.net, **_cell_row(cell)} for cell in run.cells]
    columns = ["net", *TABLE_TWO_COLUMNS[:10]]
    return pd.DataFrame(rows, columns=columns)


def confusion_table(cell: CellResult) -> pd.DataFrame:
    """Lay out the confusion matrix of a cell on the test split.

    Returns:
        Counts (7 x 7): row the true label, column the predicted one.
    """
    labels = [str(label) for label in Expression]
    return pd.DataFrame(
        cell.confusion,
        index=pd.Index(labels, name="true"),
        columns=pd.Index(labels, name="predicted"),
    )
