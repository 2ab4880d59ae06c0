"""The card of a promoted model: what it is, and what it is worth."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from db.files.blobs import sha256_of, write_whole
from db.run_folder.from_json import from_json

CARD_FILE: Final = "card.json"

ModelFormat = Literal["keras", "onnx", "tflite"]

MODEL_FILES: Final[Mapping[ModelFormat, str]] = {
    "keras": "net.keras",
    "onnx": "net.onnx",
    "tflite": "net.tflite",
}
"""The files of a promoted net, by what they are written in; the first is the original."""


@dataclass(frozen=True)
class NetExport:
    """A promoted net in a form that runs without Keras, or why there is none.

    Attributes:
        format: What it is written in, one of `MODEL_FILES`.
        problem: Why it was not written or not kept; empty when it lies in the folder.
        difference: The largest difference of a probability from the original's, on drawn
            crops; None where it gave no answers.
        milliseconds: What one face takes, alone, on the machine that wrote it.
    """

    format: ModelFormat
    problem: str = ""
    difference: float | None = None
    milliseconds: float | None = None


@dataclass(frozen=True)
class ModelCard:
    """What a promoted model is, and what it is worth.

    Attributes:
        net: Its net.
        classifier: Its classifier.
        snapshot: Title of the snapshot it was trained on.
        snapshot_hash: That snapshot's content hash.
        preprocessing: How that snapshot's crops were made; crops to predict must be alike.
        validation_accuracy: What it was chosen by, in [0, 1].
        test_accuracy: On the split that no choice has looked at, in [0, 1].
        test_interval: Low and high end of its 95 % interval.
        chosen_by: The rule of the choice, in a sentence.
        promoted_at: When, ISO 8601 in UTC.
        exports: The net in other forms; none on cards of before there were any.
    """

    net: str
    classifier: str
    snapshot: str
    snapshot_hash: str
    preprocessing: Literal["paper", "none"]
    validation_accuracy: float
    test_accuracy: float
    test_interval: tuple[float, float]
    chosen_by: str
    promoted_at: str
    exports: tuple[NetExport, ...] = ()

    @property
    def model(self) -> str:
        """What `db.tables.guidance.Suggestion.model` calls it; each promotion has its own name.

        The forms that its net was written in play no part: a model of before there were
        any keeps its name, and with it its suggestions.
        """
        said = asdict(self)
        said.pop("exports")
        mark = sha256_of(json.dumps(said, sort_keys=True).encode("utf-8"))[:6]
        return f"standard {self.net}/{self.classifier} of {self.snapshot} #{mark}"

    def export(self, wanted: ModelFormat) -> NetExport | None:
        """Return what is known of one form; None when it was never tried."""
        return next((export for export in self.exports if export.format == wanted), None)

    def has(self, wanted: ModelFormat) -> bool:
        """Tell whether the net lies in the folder in this form; the original always does."""
        export = self.export(wanted)
        return wanted == "keras" or (export is not None and not export.problem)


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card.json`, whole or not at all."""
    write_whole(folder / CARD_FILE, json.dumps(asdict(card), indent=2).encode("utf-8"))


def read_card(folder: Path) -> ModelCard | None:
    """Read the card of the model in a folder; None when no model has been promoted there."""
    path = folder / CARD_FILE
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return from_json(ModelCard, content)
