"""The labeller: the part of the label page that runs in the browser.

The parts of the verify, the duplicates and the live page lie beside it, since they share
small pieces.
Streamlit gets their files by name, so that a rerun sends an address and not the script.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from curator.app.labeller.at_hand import AtHand
from db.labels import Expression, Flag

FOLDER = Path(__file__).parent
PACKAGE = "curator"
COMPONENTS = {
    "labeller": "labeller",
    "verifier": "verify",
    "duplicates": "duplicates",
    "live": "live",
}
"""The files of each component, by its name."""


@dataclass(frozen=True)
class Choice:
    """One button of the labeller.

    Attributes:
        key: The key that presses it while nobody has chosen others.
        name: What is stored.
        title: What people read.
        hint: What to look for in the face.
    """

    key: str
    name: str
    title: str
    hint: str


LABELS = [
    Choice("1", Expression.ANGRY, "Angry", "brows down, lips tight"),
    Choice("2", Expression.DISGUST, "Disgust", "nose wrinkled, lip raised"),
    Choice("3", Expression.FEAR, "Fear", "brows up and together"),
    Choice("4", Expression.HAPPY, "Happy", "lip corners up, cheeks raised"),
    Choice("5", Expression.NEUTRAL, "Neutral", "nothing moves"),
    Choice("6", Expression.SAD, "Sad", "inner brows up, lip corners down"),
    Choice("7", Expression.SURPRISE, "Surprise", "brows up, jaw dropped"),
]
FLAGS = [
    Choice("8", Flag.UNSURE, "Unsure", "could be several"),
    Choice("9", Flag.NOT_A_FACE, "Not a face", "nothing to label"),
    Choice("0", Flag.BAD_CROP, "Bad crop", "cut off, dark or blurred"),
]


def labeller(person_key: str, onward: list[str], at_hand: AtHand) -> None:
    """Put the labeller on the page.

    Args:
        person_key: The person whose presses the browser keeps and sends.
        onward: The addresses of the pages that this person may go to.
        at_hand: What stands beside the face and follows a label.
    """
    mount("labeller", person_key, onward, _data(at_hand))


def mount(name: str, person_key: str, onward: list[str], own: dict[str, Any]) -> None:
    """Put one of the components on the page.

    Args:
        name: One of `COMPONENTS`.
        person_key: The person whose presses the browser keeps and sends.
        onward: The addresses of the pages that this person may go to.
        own: What only this component is told.
    """
    data = {
        "person": person_key,
        "api": "/api",
        "labels": [asdict(choice) for choice in LABELS],
        "flags": [asdict(choice) for choice in FLAGS],
        "onward": onward,
    }
    component(name)(key=name, data=data | own)


def _data(at_hand: AtHand) -> dict[str, Any]:
    guideline = {"id": at_hand.guideline_id, "html": at_hand.guideline_html}
    return {
        "guideline": None if at_hand.guideline_id is None else guideline,
        "examples": {str(label): faces for label, faces in at_hand.examples.items()},
        "questions": {
            "intensity": at_hand.asks_intensity,
            "posing": at_hand.asks_posing,
            "occlusion": at_hand.asks_occlusion,
        },
    }


def _declare_assets() -> None:
    # Streamlit finds packaged components by the name of their distribution, which must be
    # the name of the package too. Ours is not, so what it would find is told to it.
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(f"{PACKAGE}.labeller") is None:
        configs = [ComponentConfig(name, asset_dir=FOLDER.name) for name in COMPONENTS]
        manager.register_from_manifest(ComponentManifest(PACKAGE, "1", configs), FOLDER.parent)


def component(name: str) -> ComponentRenderer:
    """Return what puts one of `COMPONENTS` on the page."""
    _declare_assets()
    return _component(name)


@cache
def _component(name: str) -> ComponentRenderer:
    files = COMPONENTS[name]
    html = (FOLDER / f"{files}.html").read_text(encoding="utf-8")
    return st.components.v2.component(
        f"{PACKAGE}.{name}", html=html, css=f"{files}.css", js=f"{files}.js"
    )
