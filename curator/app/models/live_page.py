"""What the standard model says of the faces before a camera, as they move."""

from dataclasses import asdict

import streamlit as st

from curator.app.browser.component import component
from curator.app.common.label_choices import LABEL_CHOICES
from curator.app.common.state import person
from curator.app.models.standard_card import standard_card
from curator.core.faces.face_tracking import Smoothing
from curator.steps.models.predict_faces import whose_answers

_STYLE = """<style>
@media (max-width: 768px) { .stMainBlockContainer { padding: 4rem 1rem 1rem } }
</style>"""


def show() -> None:
    """Mount the camera; everything else happens in the browser and on its socket."""
    st.html(_STYLE)
    st.title("Live")
    card = standard_card()
    if card is None:
        return
    st.caption(
        f"Standard model: {card.net}, trained on {card.snapshot}. Frames go to this server and "
        "nowhere else, and nothing of them is kept. What is said of a face is steadied over "
        f"{Smoothing().time_constant_seconds:.1f} s. It is what a face shows, not what a person "
        "feels."
    )
    if whose := whose_answers(card):
        st.info(whose)
    if not card.has("onnx"):
        st.warning(
            "This model was not written as ONNX, which is what runs here. Make a model the "
            "standard one again, on the Benchmark page."
        )
        return
    labels = [asdict(choice) for choice in LABEL_CHOICES]
    component("live")(key="live", data={"person": person().key, "api": "/api", "labels": labels})


if __name__ == "__main__":
    show()
