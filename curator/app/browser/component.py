"""The parts of the app that run in the browser, as Streamlit is told of them.

Each component has a folder, and what they share lies in `shared`: scripts import it by
`../shared/…`, since this folder is served as a whole.
Streamlit gets their files by name, so that a rerun sends an address and not the script.
"""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest
from streamlit.components.v2.types import ComponentRenderer

from curator.app.common.label_choices import FLAG_CHOICES, LABEL_CHOICES

FOLDER = Path(__file__).parent
PACKAGE = "curator"
COMPONENTS = {
    "labeller": "labeller/labeller",
    "verifier": "verifier/verify",
    "duplicates": "duplicates/duplicates",
    "live": "live/live",
}
"""The files of each component below this folder, by its name: without what they end with."""


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
        "labels": [asdict(choice) for choice in LABEL_CHOICES],
        "flags": [asdict(choice) for choice in FLAG_CHOICES],
        "onward": onward,
    }
    component(name)(key=name, data=data | own)


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
