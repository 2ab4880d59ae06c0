"""The card of a cell of a run, as a page of Markdown."""

from db.labels import Expression
from db.run_folder.results import CellResult, RunResult
from trainer.report.sections import versions_in_words


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
        versions_in_words(run),
    ]
    return "\n\n".join(parts) + "\n"


def _recall(share: float | None) -> str:
    return "no face in the test split" if share is None else f"{share:.4f}"
