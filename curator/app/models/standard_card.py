"""The card of the standard model, or how to come to one."""

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import person, project
from db.model_folder.model_card import ModelCard, read_card


def standard_card() -> ModelCard | None:
    """Read the card of the standard model; where there is none, say what comes first."""
    card = read_card(project().standard_model)
    if card is None:
        st.info(
            "There is no model yet. Run a benchmark, then make its best model the standard one."
        )
        link_to("benchmark", person().role, "Go to the benchmark")
    return card
