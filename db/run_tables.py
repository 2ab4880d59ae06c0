"""The tables of a run, with the paper's figures beside ours."""

import pandas as pd

from db.labels import Expression
from db.paper import PAPER_CLASSIFIERS, PAPER_NETS
from db.runs import CellResult, NetResult, RunResult

TABLE_ONE_COLUMNS = (
    "net", "TA", "VA", "TL", "VL", "parameters", "epochs", "MB", "LR",
    "paper TA", "paper VA", "paper TL", "paper VL", "paper parameters", "best",
)  # fmt: skip
TABLE_TWO_COLUMNS = (
    "classifier", "TA", "VA", "1 - VA", "TL", "VL",
    "test", "test low", "test high", "macro F1",
    "paper TA", "paper VA", "paper 1 - VA", "best",
)  # fmt: skip


def table_one(run: RunResult) -> pd.DataFrame:
    """Lay out Table I: the nets of a run with their own softmax heads.

    Returns:
        One row for each net with at least one epoch, by rising TA as in the paper, with
        the columns of `TABLE_ONE_COLUMNS`. TA, VA, TL and VL are those of the last epoch;
        figures that the paper has not are missing; `best` marks the highest VA.
    """
    rows = [_net_row(net) for net in run.nets if net.history]
    return _marked(pd.DataFrame(rows, columns=list(TABLE_ONE_COLUMNS)))


def _net_row(net: NetResult) -> dict[str, object]:
    last, paper = net.history[-1], PAPER_NETS.get(net.net)
    row: dict[str, object] = {
        "net": net.net,
        "TA": last.training_accuracy,
        "VA": last.validation_accuracy,
        "TL": last.training_loss,
        "VL": last.validation_loss,
        "parameters": net.parameters,
        "epochs": len(net.history),
        "MB": net.batch_size,
        "LR": net.learning_rate,
    }
    if paper is None:
        return row
    return row | {
        "paper TA": paper.training_accuracy,
        "paper VA": paper.validation_accuracy,
        "paper TL": paper.training_loss,
        "paper VL": paper.validation_loss,
        "paper parameters": paper.parameters,
    }


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
        "test": cell.test_accuracy,
        "test low": cell.test_interval[0],
        "test high": cell.test_interval[1],
        "macro F1": cell.test_macro_f1,
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
    ordered["best"] = ordered["VA"] == ordered["VA"].max()
    return ordered


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
