"""The part of the duplicates page that runs in the browser: what it is told."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from curator.app.browser.component import component
from curator.app.common.label_choices import LABEL_CHOICES
from curator.steps.duplicates.list_duplicates import DuplicateGroup, GroupedFace
from db.labels import Expression

KEY = "duplicates.groups"


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


def show_groups(person_key: str, shown: ShownGroups, on_sent: Callable[[], None]) -> None:
    """Put groups on the page.

    Args:
        person_key: Who looks at them.
        on_sent: Called when the browser sends something; `sent` gives what.
    """
    component("duplicates")(key=KEY, data=_data(person_key, shown), on_sent_change=on_sent)


def sent() -> dict[str, Any]:
    """Return what the browser sent, inside the callback that it called."""
    return dict(st.session_state[KEY]["sent"] or {})


def _data(person_key: str, shown: ShownGroups) -> dict[str, Any]:
    return {
        "person": person_key,
        "api": "/api",
        "labels": [asdict(choice) for choice in LABEL_CHOICES],
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
