"""The verifier: the part of the verify page that runs in the browser.

Its files lie beside the labeller's, since both send by the same outbox.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from curator.app.labeller import FLAGS, FOLDER, LABELS, PACKAGE, Mount
from curator.steps.hand_out import VerifyQueue

NAME = f"{PACKAGE}.verifier"


@dataclass(frozen=True)
class Verified:
    """What the verifier needs to know of the project.

    Attributes:
        queues: What waits, by origin and label.
        guideline_id: The version that annotators go by, if there is one.
    """

    queues: Sequence[VerifyQueue]
    guideline_id: int | None


def verifier(person_key: str, onward: list[str], work: Verified) -> None:
    """Put the verifier on the page; it asks for a new run when a queue is done.

    Args:
        person_key: The person whose presses the browser keeps and sends.
        onward: The addresses of the pages that this person may go to.
        work: What there is to verify.
    """
    _declare_assets()
    data = {
        "person": person_key,
        "api": "/api",
        "labels": [asdict(choice) for choice in LABELS],
        "flags": [asdict(choice) for choice in FLAGS],
        "queues": [asdict(queue) for queue in work.queues],
        "guideline": work.guideline_id,
        "onward": onward,
    }
    _component()(key="verifier", data=data)


def _declare_assets() -> None:
    # As for the labeller: Streamlit is told what it would not find.
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(NAME) is None:
        config = ComponentConfig("verifier", asset_dir="labeller")
        manager.register_from_manifest(ComponentManifest(PACKAGE, "1", [config]), FOLDER.parent)


@cache
def _component() -> Mount:
    html = (FOLDER / "verify.html").read_text(encoding="utf-8")
    return st.components.v2.component(NAME, html=html, css="verify.css", js="verify.js")
