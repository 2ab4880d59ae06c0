import json
from dataclasses import replace
from pathlib import Path

from db.model_folder.model_card import CARD_FILE, ModelCard, NetExport, read_card, write_card

OF_BEFORE = {
    "net": "Xception",
    "classifier": "svm",
    "snapshot": "faces@1",
    "snapshot_hash": "ab",
    "preprocessing": "paper",
    "validation_accuracy": 0.8,
    "test_accuracy": 0.75,
    "test_interval": [0.7, 0.8],
    "chosen_by": "A test.",
    "promoted_at": "2026-11-23T12:00:00+00:00",
}
"""A card as it was written before nets had other forms."""


def test_a_card_of_before_exports_is_read_and_its_model_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / CARD_FILE).write_text(json.dumps(OF_BEFORE), encoding="utf-8")

    card = read_card(tmp_path)

    assert card is not None
    assert (card.exports, card.test_interval) == ((), (0.7, 0.8))
    assert card.model == "standard Xception/svm of faces@1 #e7e333"
    assert card.has("keras")
    assert not card.has("onnx")


def test_what_is_known_of_the_exports_survives_the_file(tmp_path: Path) -> None:
    made = (NetExport("onnx", "", 1e-6, 2.5), NetExport("tflite", "No converter."))
    card = replace(_card(), exports=made)

    write_card(tmp_path, card)

    assert read_card(tmp_path) == card
    assert card.model == _card().model
    assert (card.has("onnx"), card.has("tflite")) == (True, False)
    assert card.export("tflite") == made[1]


def test_a_folder_without_a_card_has_none(tmp_path: Path) -> None:
    assert read_card(tmp_path) is None


def _card() -> ModelCard:
    return ModelCard(**{**OF_BEFORE, "test_interval": (0.7, 0.8)})  # type: ignore[arg-type]
