"""The part of the duplicates page that runs in the browser: what it is told, and its files.

They lie beside the labeller's, with which they share small pieces.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Protocol

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from curator.app.labeller import FOLDER, LABELS, PACKAGE
from curator.steps.list_duplicates import DuplicateGroup, GroupedFace
from db.labels import Expression

KEY = "duplicates.groups"
_NAME = f"{PACKAGE}.duplicates"


@dataclass(frozen=True)
class ShownGroups:
    """What the browser has in hand.

    Attributes:
        only: Which groups are looked at.
        start: The place of the first group in hand among all of them.
        total: How many there are of these.
        focus: Where to begin, as a place among the groups in hand.
        groups: Those in hand.
        acts: Names of this person's acts that can be undone, the newest first.
        handled: Names of what came from the browser and was done or refused.
        answered: The number of the browser's last message.
    """

    only: str
    start: int
    total: int
    focus: int
    groups: Sequence[DuplicateGroup]
    acts: Sequence[str]
    handled: Sequence[str]
    answered: int


class Mount(Protocol):
    """What Streamlit gives back for a component: call it to put one on the page."""

    def __call__(
        self, *, key: str, data: dict[str, Any], on_sent_change: Callable[[], None]
    ) -> object:
        """Put the component on the page."""


def show_groups(person_key: str, shown: ShownGroups, on_sent: Callable[[], None]) -> None:
    """Put groups on the page.

    Args:
        person_key: Who looks at them.
        on_sent: Called when the browser sends something; `sent` gives what.
    """
    if get_bidi_component_manager().get_component_asset_root(_NAME) is None:
        config = ComponentConfig("duplicates", asset_dir=FOLDER.name)
        manifest = ComponentManifest(PACKAGE, "1", [config])
        get_bidi_component_manager().register_from_manifest(manifest, FOLDER.parent)
    _component()(key=KEY, data=_data(person_key, shown), on_sent_change=on_sent)


def sent() -> dict[str, Any]:
    """Return what the browser sent, inside the callback that it called."""
    return dict(st.session_state[KEY]["sent"] or {})


@cache
def _component() -> Mount:
    html = (FOLDER / "duplicates.html").read_text(encoding="utf-8")
    return st.components.v2.component(_NAME, html=html, css="duplicates.css", js="duplicates.js")


def _data(person_key: str, shown: ShownGroups) -> dict[str, Any]:
    return {
        "person": person_key,
        "api": "/api",
        "labels": [asdict(choice) for choice in LABELS],
        "only": shown.only,
        "start": shown.start,
        "total": shown.total,
        "focus": shown.focus,
        "groups": [_group(group) for group in shown.groups],
        "acts": list(shown.acts),
        "handled": list(shown.handled),
        "answered": shown.answered,
    }


def _group(group: DuplicateGroup) -> dict[str, Any]:
    return {
        "keeper": group.keeper_id,
        "because": group.kept_because,
        "keptBy": None if group.kept_by is None else group.kept_by.name,
        "isDecided": group.kept_by is not None,
        "isConflict": group.is_conflict,
        "faces": [_face(face) for face in group.faces],
    }


def _face(face: GroupedFace) -> dict[str, Any]:
    return {
        "id": face.face_id,
        "isKept": face.is_kept,
        "match": str(face.match),
        "distance": face.distance,
        "likeness": face.likeness,
        "isMirrored": face.is_mirrored,
        "verdict": face.verdict,
        "label": face.verdict if face.verdict in set(Expression) else "",
        "isFinal": face.is_final,
        "votes": list(face.votes.items()),
        "source": face.source,
        "name": face.image_name,
    }
