"""Label: one face, one key."""

import streamlit as st

from curator.app.labeller import labeller
from curator.app.pages import pages_for
from curator.app.state import person


def show() -> None:
    """Mount the labeller; everything else happens in the browser and in routes."""
    st.html("<style>.stMainBlockContainer { padding-top: 4rem; padding-bottom: 1rem }</style>")
    visitor = person()
    labeller(visitor.key, onward=[page.name for page in pages_for(visitor.role)])


if __name__ == "__main__":
    show()
