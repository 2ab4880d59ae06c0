"""A run, or the card of one of its cells, as a page of Markdown."""

import pandas as pd

from db.labels import Expression
from db.run_tables import confusion_table, table_one, table_two
from db.runs import CellResult, RunResult

COUNTS = ("parameters", "paper parameters", "epochs", "MB")


def run_markdown(run: RunResult) -> str:
    """Write both tables, the confusion matrix of the standard cell and the notes."""
    parts = [
        f"# Benchmark on {run.snapshot}",
        f"Preset `{run.preset['name']}`, seed {run.seed}, {run.state}. "
        f"Snapshot {run.snapshot_hash}.",
    ]
    if run.error:
        parts.append(f"**It failed:** {run.error}")
    parts += ["## Table I: nets", markdown_table(table_one(run))]
    if run.table_two_net:
        parts += [
            f"## Table II: classifiers on the features of {run.table_two_net}",
            markdown_table(table_two(run)),
        ]
    if run.standard:
        parts += _standard(run.standard)
    parts += ["## Notes", "\n".join(f"- {note}" for note in run.notes)]
    parts.append(_versions(run))
    return "\n\n".join(parts) + "\n"


def _standard(cell: CellResult) -> list[str]:
    low, high = cell.test_interval
    return [
        f"## Standard: {cell.net} with {cell.classifier}",
        f"Chosen by validation accuracy ({cell.validation_accuracy:.4f}). On the test split "
        f"it predicts {cell.test_accuracy:.4f} of the faces rightly (95 % interval {low:.4f} "
        f"to {high:.4f}, by units); macro F1 {cell.test_macro_f1:.4f}.",
        "Confusion on the test split, true labels down, predicted ones across:",
        markdown_table(confusion_table(cell).reset_index()),
    ]


def markdown_table(table: pd.DataFrame) -> str:
    """Write a frame as a Markdown table: shares to four digits, missing cells empty."""
    lines = [list(table.columns), ["---"] * len(table.columns)]
    lines += [
        [_cell(column, value) for column, value in zip(table.columns, row, strict=True)]
        for row in table.itertuples(index=False)
    ]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _cell(column: str, value: object) -> str:
    if value is True or value is False:
        return "*" if value else ""
    if not isinstance(value, float):
        return f"{value:,}" if isinstance(value, int) else str(value)
    if value != value:  # noqa: PLR0124 - only a missing number differs from itself
        return ""
    return f"{value:,.0f}" if column in COUNTS else f"{value:.4f}"


def card_markdown(run: RunResult, cell: CellResult, chosen_by: str) -> str:
    """Write the model card of a cell of a run, for people."""
    low, high = cell.test_interval
    crops = "grey crops by the paper's chain" if run.preprocessing == "paper" else "colour crops"
    parts = [
        f"# {cell.net} with {cell.classifier}",
        f"Takes {crops} of one face, as they come from `curator`, and gives probabilities of "
        f"{', '.join(map(str, Expression))}, in this order.",
        f"Trained on {run.snapshot} ({run.snapshot_hash}), preset `{run.preset['name']}`, "
        f"seed {run.seed}.",
        f"{chosen_by} Validation accuracy {cell.validation_accuracy:.4f}.",
        f"Test accuracy {cell.test_accuracy:.4f} (95 % interval {low:.4f} to {high:.4f}), "
        f"macro F1 {cell.test_macro_f1:.4f}. Recall by label:",
        "\n".join(f"- {label}: {_recall(share)}" for label, share in cell.test_recalls.items()),
        "It says which of seven expressions a face shows most likely, not what a person "
        "feels. Its scores hold for faces like those of the snapshot.",
        "\n".join(f"- {note}" for note in run.notes),
        _versions(run),
    ]
    return "\n\n".join(parts) + "\n"


def _recall(share: float | None) -> str:
    return "no face in the test split" if share is None else f"{share:.4f}"


def _versions(run: RunResult) -> str:
    return ", ".join(f"{name} {version}" for name, version in run.versions.items())
