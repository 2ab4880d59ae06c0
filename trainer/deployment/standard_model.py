"""The standard model: one net and classifier that a person chose for use."""

import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.jobs.progress import Steps
from db.model_folder.model_card import MODEL_FILES, ModelCard, NetExport, read_card, write_card
from db.run_folder.results import CellResult, RunError, RunResult, read_run
from db.run_folder.run_files import net_files
from trainer.backend import KerasModel, keras
from trainer.classifiers import CLASSIFIERS, Estimator, probabilities
from trainer.data.loading import LABELS
from trainer.deployment.export_net import write_exports
from trainer.errors import TrainerError
from trainer.nets import NETS
from trainer.report import card_markdown
from trainer.runs.cells import read_classifier
from trainer.training.features import net_outputs

CLASSIFIER_FILE = "classifier.skops"
BY_RULE = "The cell of highest validation accuracy in its run, and of those the least loss."
BY_HAND = "A person chose it among the cells of its run."


@dataclass(frozen=True)
class StandardModel:
    """A promoted model, loaded.

    Attributes:
        card: What it is.
        net: Takes raw crops.
        fitted: The classifier on its outputs; None for the net's own softmax.
    """

    card: ModelCard
    net: KerasModel
    fitted: Estimator | None

    @property
    def size_px(self) -> int:
        """Width and height of the crops it takes."""
        return NETS[self.card.net].size_px


def promote(
    run_folder: Path,
    to: Path,
    *,
    now: datetime,
    net: str | None = None,
    classifier: str | None = None,
) -> Steps[ModelCard]:
    """Copy a cell of a run to where predictions take their model from.

    Beside the net as Keras has it lies each form that runs without Keras and answers alike;
    where one cannot be made the card says why, and the model is promoted all the same.

    Args:
        run_folder: The run.
        to: The folder of the standard model; what was there is replaced.
        now: An aware time, for the card.
        net: Together with `classifier` the cell; None for both takes the run's standard.
        classifier: See `net`.

    Raises:
        RunError: There is no run, or the cell is not done.
    """
    run = read_run(run_folder)
    cell = _chosen(run, run_folder, net, classifier)
    card = _card(run, cell, now)
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".promoted-", dir=to.parent) as name:
        aside = Path(name) / "model"
        aside.mkdir()
        _copy(run_folder, cell, aside)
        net_kept = keras.models.load_model(aside / MODEL_FILES["keras"], compile=False)
        card = replace(card, exports=(yield from write_exports(net_kept, aside)))
        text = card_markdown(run, cell, card.chosen_by) + exports_markdown(card.exports)
        (aside / "README.md").write_text(text, encoding="utf-8")
        write_card(aside, card)
        if to.exists():
            to.replace(Path(name) / "before")
        aside.replace(to)
    return card


def _chosen(
    run: RunResult, run_folder: Path, net: str | None, classifier: str | None
) -> CellResult:
    if (net is None) != (classifier is None):
        raise RunError("Name both a net and a classifier, or neither for the best of the run.")
    cell = run.cell(net, classifier) if net and classifier else run.standard
    if cell is None:
        done = ", ".join(f"{cell.net} with {cell.classifier}" for cell in run.cells)
        raise RunError(
            f"{run_folder} has no scored cell of that name. It has: {done or 'none'}. "
            "Name one of these, or let the benchmark go on."
        )
    return cell


def _card(run: RunResult, cell: CellResult, promoted_at: datetime) -> ModelCard:
    return ModelCard(
        net=cell.net,
        classifier=cell.classifier,
        snapshot=run.snapshot,
        snapshot_hash=run.snapshot_hash,
        preprocessing=run.preprocessing,
        validation_accuracy=cell.validation_accuracy,
        test_accuracy=cell.test_accuracy,
        test_interval=cell.test_interval,
        chosen_by=BY_RULE if cell == run.standard else BY_HAND,
        promoted_at=promoted_at.isoformat(timespec="seconds"),
    )


def _copy(run_folder: Path, cell: CellResult, to: Path) -> None:
    files = net_files(run_folder, cell.net)
    shutil.copyfile(files.model, to / MODEL_FILES["keras"])
    if CLASSIFIERS[cell.classifier].estimator:
        shutil.copyfile(files.classifier(cell.classifier), to / CLASSIFIER_FILE)


def exports_markdown(exports: tuple[NetExport, ...]) -> str:
    """Write for people in which forms the net lies beside the card, or why it does not."""
    lines = [f"- `{MODEL_FILES['keras']}`: the net as Keras has it."]
    for export in exports:
        name = MODEL_FILES[export.format]
        if export.problem:
            lines.append(f"- `{name}` is missing. {export.problem}")
        else:
            lines.append(
                f"- `{name}`: no probability is more than {export.difference:.1e} off the "
                f"original's on drawn crops; {export.milliseconds:.1f} ms a face."
            )
    head = (
        "All of them take float32 (n, height, width, 3), RGB from 0 to 255, and give `features` "
        "and `probabilities`."
    )
    return "\n".join(["", "## Files", "", head, "", *lines, ""])


def load_standard_model(folder: Path) -> StandardModel:
    """Load a promoted model; nothing in it is unpickled or run.

    Raises:
        TrainerError: There is no model in the folder, or its classifier holds types that
            are not ours.
    """
    card = read_card(folder)
    if card is None:
        raise TrainerError(
            f"{folder} holds no standard model. Promote one: trainer promote RUN --to {folder}"
        )
    net = keras.models.load_model(folder / MODEL_FILES["keras"], compile=False)
    has_estimator = CLASSIFIERS[card.classifier].estimator is not None
    fitted = read_classifier(folder / CLASSIFIER_FILE) if has_estimator else None
    return StandardModel(card, net, fitted)


def predict(model: StandardModel, crops: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Give each crop the probabilities of the labels.

    Args:
        model: A loaded model.
        crops: RGB, uint8, shape (n, size_px, size_px, 3); n may be 0.

    Returns:
        Shape (n, 7), in the order of `Expression`; each row sums to 1.

    Raises:
        ValueError: The crops are of another shape or type.
    """
    size_px = model.size_px
    if crops.dtype != np.uint8 or crops.shape[1:] != (size_px, size_px, 3):
        raise ValueError(
            f"`crops` must be uint8 of shape (n, {size_px}, {size_px}, 3). "
            f"Received: {crops.dtype} of shape {crops.shape}"
        )
    if not len(crops):
        return np.empty((0, len(LABELS)))
    outputs = net_outputs(model.net, crops)
    return probabilities(CLASSIFIERS[model.card.classifier], model.fitted, outputs)
