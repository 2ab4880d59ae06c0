"""What an export says of its set to tools that read such words: terms, title, size."""

import json
from typing import Any

from db.snapshot_folder.manifest import Snapshot


def card_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return what `card.json` of a snapshot says; empty where it was frozen without one."""
    place = snapshot.folder / "card.json"
    card: dict[str, Any] = json.loads(place.read_text("utf-8")) if place.exists() else {}
    return card


def terms_of(snapshot: Snapshot) -> dict[str, str]:
    """Return the terms of each source of a snapshot, by its name; empty where not stated."""
    named = snapshot.faces[["source", "terms"]].drop_duplicates().sort_values(["source", "terms"])
    return dict(zip(named["source"].tolist(), named["terms"].tolist(), strict=True))
