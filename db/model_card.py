"""The card of a promoted model: what it is, what it was chosen by, how good it is."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from db.runs import RUN_FILE, CellResult, RunError, cell_from_json

CARD_FORMAT: Final = 1
CARD_FILE: Final = "card.json"


@dataclass(frozen=True)
class ModelCard:
    """What `card.json` in the folder of a standard model says.

    Attributes:
        net: The net.
        classifier: The classifier on its outputs.
        size_px: Width and height of the crops that it takes.
        labels: Its labels; probabilities stand in this order.
        snapshot: Title of the snapshot it was trained on.
        snapshot_hash: Content hash of that snapshot.
        preset: Name of the preset.
        seed: Seed of the run.
        how_chosen: The rule or the person that chose it, one sentence.
        scores: Its cell in the run.
        notes: What a reader of the scores must know.
        versions: Version by package that trained it.
    """

    net: str
    classifier: str
    size_px: int
    labels: tuple[str, ...]
    snapshot: str
    snapshot_hash: str
    preset: str
    seed: int
    how_chosen: str
    scores: CellResult
    notes: tuple[str, ...]
    versions: dict[str, str]


def write_card(folder: Path, card: ModelCard) -> None:
    """Write `card.json` into a folder that is being made."""
    content = {"format": CARD_FORMAT, **asdict(card)}
    (folder / CARD_FILE).write_text(json.dumps(content, indent=1, allow_nan=False) + "\n")


def read_card(folder: Path) -> ModelCard:
    """Read the card of the standard model in a folder.

    Raises:
        RunError: There is no model in the folder, or its format is not ours.
    """
    try:
        content: dict[str, Any] = json.loads((folder / CARD_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunError(
            f"{folder} holds no standard model ({CARD_FILE} is missing). "
            f"Promote one from a folder with a {RUN_FILE}: trainer promote RUN --to {folder}"
        ) from None
    found = content.pop("format", None)
    if found != CARD_FORMAT:
        raise RunError(f"{folder} has card format {found!r}; this version reads {CARD_FORMAT}.")
    lists = {name: tuple(content[name]) for name in ("labels", "notes")}
    return ModelCard(**{**content, **lists, "scores": cell_from_json(content["scores"])})
