"""What a run is worth beyond its tables: written once at its end, read by pages and reports.

    RUN/figures.json
    RUN/report/         the same for people: report.md, report.html, tables as CSV, pictures

Accuracies are shares in [0, 1] of test faces, whose label no choice has looked at.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from db.files.blobs import write_whole
from db.run_folder.estimate import Estimate
from db.run_folder.from_json import from_json
from db.run_folder.study_figures import LabelsScore, Leak, LeftOutSource, SeedScore, SourceScore

FIGURES_FILE: Final = "figures.json"
REPORT: Final = "report"
FIGURES_FORMAT: Final = 1
SIGNIFICANCE: Final = 0.05
"""Two cells differ where a difference as large would be rarer than this between equal ones."""


class SliceKind(StrEnum):
    """What test faces are divided by."""

    AGREEMENT = "agreement"
    SOURCE = "source"
    SIZE = "size"
    SHARPNESS = "sharpness"


@dataclass(frozen=True)
class CalibrationBin:
    """Test faces whose predicted label was given about the same probability.

    Attributes:
        low: Least probability of the bin, itself not in it but for 0.
        high: Greatest.
        faces: How many; at least one.
        confidence: Mean probability of the predicted label.
        accuracy: How many of the predicted labels are right.
    """

    low: float
    high: float
    faces: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Slice:
    """The accuracy on some of the test faces.

    Attributes:
        kind: What they are divided by.
        name: Which of them, in words.
        accuracy: On these.
    """

    kind: SliceKind
    name: str
    accuracy: Estimate


@dataclass(frozen=True)
class CellFigures:
    """What is known of one cell on the test split.

    Attributes:
        net: Its net.
        classifier: Its classifier.
        accuracy: Share of faces whose label is predicted.
        macro_f1: Mean F1 of the labels that occur.
        recalls: By label; None for one that does not occur.
        calibration_error: Expected calibration error, in [0, 1].
        calibration: The bins of the reliability diagram that hold a face, in order.
        slices: The accuracy on parts of the test split.
    """

    net: str
    classifier: str
    accuracy: Estimate
    macro_f1: Estimate
    recalls: dict[str, Estimate | None]
    calibration_error: float
    calibration: tuple[CalibrationBin, ...]
    slices: tuple[Slice, ...]


@dataclass(frozen=True)
class CellComparison:
    """The standard cell against another on the same test faces.

    Attributes:
        net: The other's net.
        classifier: The other's classifier.
        difference: Accuracy of the standard cell less that of the other.
        p: How often a difference as large would come of cells that are equal.
        adjusted_p: The same with an eye to how many comparisons were made (Holm 1979).
    """

    net: str
    classifier: str
    difference: Estimate
    p: float
    adjusted_p: float

    @property
    def is_distinguishable(self) -> bool:
        """Tell whether the difference is more than chance would make."""
        return self.adjusted_p < SIGNIFICANCE

    @property
    def verdict(self) -> str:
        """Say it plainly."""
        if not self.is_distinguishable:
            return "not distinguishable"
        return "standard is better" if self.difference.value > 0 else "standard is worse"


@dataclass(frozen=True)
class Ceiling:
    """How well people do on the test faces that at least three of them voted on.

    A person is judged by the label that most of the others chose, each person in turn;
    the standard cell is judged by the very same labels.

    Attributes:
        person: How often one person says what most of the others say.
        cell: How often the standard cell does.
        best_of_votes: How often an all-knowing classifier would say what a person says: it
            can name one label only where people differ.
        cell_of_votes: How often the standard cell says what a person says.
    """

    person: Estimate
    cell: Estimate
    best_of_votes: Estimate
    cell_of_votes: Estimate


@dataclass(frozen=True)
class DoubtedLabels:
    """Labels that the standard cell contradicts more surely than it is usually wrong.

    Attributes:
        covered: Faces that it was asked about: all where the run has folds, else those of
            validation and test.
        likely: How many labels the cell contradicts with confidence, its own errors among them.
        face_ids: The worst of them, the least trusted first.
    """

    covered: int
    likely: int
    face_ids: tuple[int, ...]


@dataclass(frozen=True)
class RunFigures:
    """All figures of a run.

    Attributes:
        cells: One for each cell whose predictions are kept.
        comparisons: The standard cell against every other, by rising difference.
        ceiling: What people reach; None where fewer than ten test faces have three votes.
        leak: None without that study.
        seeds: The run and its studies of other seeds; empty without any.
        labels: The run and its studies of other labels; empty without any.
        left_out: One for each source that was left out.
        sources: Every pair of a source trained on and one tested on; empty without studies.
        doubted: None where nothing is predicted.
    """

    cells: tuple[CellFigures, ...] = ()
    comparisons: tuple[CellComparison, ...] = ()
    ceiling: Ceiling | None = None
    leak: Leak | None = None
    seeds: tuple[SeedScore, ...] = ()
    labels: tuple[LabelsScore, ...] = ()
    left_out: tuple[LeftOutSource, ...] = ()
    sources: tuple[SourceScore, ...] = ()
    doubted: DoubtedLabels | None = None

    def cell(self, net: str, classifier: str) -> CellFigures | None:
        """Find the figures of a cell; None where it has none."""
        found = (cell for cell in self.cells if (cell.net, cell.classifier) == (net, classifier))
        return next(found, None)


def store_figures(run_folder: Path, figures: RunFigures) -> None:
    """Write `figures.json`, whole or not at all."""
    content = {"format": FIGURES_FORMAT, **asdict(figures)}
    text = json.dumps(content, indent=1, allow_nan=False)
    write_whole(run_folder / FIGURES_FILE, text.encode("utf-8"))


def read_figures(run_folder: Path) -> RunFigures | None:
    """Read the figures of a run; None while it is at work, or where another version wrote them.

    What they rest on lies in the run folder, so that they can be worked out again at any
    time: figures of another format are no loss.
    """
    try:
        text = (run_folder / FIGURES_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    content: dict[str, Any] = json.loads(text)
    return from_json(RunFigures, content) if content.pop("format", None) == FIGURES_FORMAT else None
