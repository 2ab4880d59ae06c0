"""The pictures of a run, drawn as PNG. Importing this takes as long as matplotlib does."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from db.labels import Expression
from db.run_folder.figures import CalibrationBin, CellFigures
from db.run_folder.results import CellResult, NetResult
from trainer.evaluation.calibration import BINS

DOTS_PER_INCH: Final = 130
TRAINING, VALIDATION = "#4477aa", "#cc6677"
"""Told apart by who cannot tell red from green (Tol's bright and muted schemes)."""


def png(figure: Figure, rests_on: str) -> bytes:
    """Draw a figure, below it what it rests on."""
    figure.supxlabel(rests_on, fontsize=7, color="#555555")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """Make an empty figure that is drawn without a screen or any state of the process."""
    return Figure(figsize=(width_inches, height_inches), layout="constrained")


def curves(net: NetResult, rests_on: str) -> bytes:
    """Draw accuracy and loss of training and validation by epoch."""
    figure = new_figure(9, 3.4)
    left, right = figure.subplots(1, 2)
    epochs = [epoch.epoch for epoch in net.history]
    _curve(left, epochs, [epoch.training_accuracy for epoch in net.history], "TA", TRAINING)
    _curve(left, epochs, [epoch.validation_accuracy for epoch in net.history], "VA", VALIDATION)
    _curve(right, epochs, [epoch.training_loss for epoch in net.history], "TL", TRAINING)
    _curve(right, epochs, [epoch.validation_loss for epoch in net.history], "VL", VALIDATION)
    left.set(title=f"{net.net}: accuracy", xlabel="epoch", ylim=(0, 1))
    right.set(title=f"{net.net}: loss in nats", xlabel="epoch")
    right.set_ylim(0, 1.05 * right.get_ylim()[1])
    for axes in (left, right):
        _finish_curves(axes, net)
    return png(figure, rests_on)


def _curve(
    axes: Axes, epochs: Sequence[int], values: Sequence[float], name: str, colour: str
) -> None:
    axes.plot(epochs, values, color=colour, label=name, marker="." if len(epochs) < 30 else "")


def _finish_curves(axes: Axes, net: NetResult) -> None:
    if net.kept_epoch is not None and net.kept_epoch != len(net.history):
        axes.axvline(net.kept_epoch, color="#888888", linestyle=":", label="kept")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)


def confusion(cell: CellResult, rests_on: str) -> bytes:
    """Draw the confusion matrix of a cell on the test split, shaded by share of a row."""
    counts = np.array(cell.confusion)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    labels = [str(label) for label in Expression]
    figure = new_figure(6, 5.6)
    axes = figure.subplots()
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in np.ndindex(counts.shape):
        colour = "white" if shares[row, column] > 0.5 else "black"
        text = f"{counts[row, column]:,}\n{shares[row, column]:.0%}"
        axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(labels)), labels, rotation=45)
    axes.set_yticks(range(len(labels)), labels)
    axes.set(title=f"{cell.net} with {cell.classifier}", xlabel="predicted", ylabel="true")
    return png(figure, rests_on)


def reliability(cell: CellFigures, rests_on: str) -> bytes:
    """Draw how often the predicted label is right by its probability, and how many faces."""
    figure = new_figure(5.4, 5.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    _reliability_bars(above, cell.calibration)
    title = f"{cell.net} with {cell.classifier}, ECE {cell.calibration_error:.3f}"
    above.set(title=title, ylabel="share that is right", ylim=(0, 1), xlim=(0, 1))
    middles = [(one.low + one.high) / 2 for one in cell.calibration]
    below.bar(middles, [one.faces for one in cell.calibration], width=1 / BINS, color="#bbbbbb")
    below.set(xlabel="probability of the predicted label", ylabel="faces")
    return png(figure, rests_on)


def _reliability_bars(axes: Axes, bins: tuple[CalibrationBin, ...]) -> None:
    look: dict[str, Any] = {"width": 1 / BINS, "edgecolor": "white"}
    middles = [(one.low + one.high) / 2 for one in bins]
    axes.bar(middles, [one.accuracy for one in bins], color=TRAINING, **look)
    axes.plot([0, 1], [0, 1], color="#888888", linestyle="--", label="as sure as right")
    confidences = [one.confidence for one in bins]
    axes.plot(confidences, [one.accuracy for one in bins], "k.", markersize=4)
    axes.legend(frameon=False, loc="upper left")
