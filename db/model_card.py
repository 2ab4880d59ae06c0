"""The card of a promoted model: what it is, and what it is worth."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from db.storage import sha256_of, write_whole

CARD_FILE: Final = "card.json"


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

    @property
    def model(self) -> str:
        """What `db.guidance.Suggestion.model` calls it; each promotion has its own name."""
        mark = sha256_of(json.dumps(asdict(self), sort_keys=True).encode("utf-8"))[:6]
        return f"standard {self.net}/{self.classifier} of {self.snapshot} #{mark}"


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card.json`, whole or not at all."""
    write_whole(folder / CARD_FILE, json.dumps(asdict(card), indent=2).encode("utf-8"))


def read_card(folder: Path) -> ModelCard | None:
    """Read the card of the model in a folder; None when no model has been promoted there."""
    path = folder / CARD_FILE
    if not path.is_file():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    low, high = content.pop("test_interval")
    return ModelCard(**content, test_interval=(low, high))
