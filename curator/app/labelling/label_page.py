"""Label: one face, one key."""

import streamlit as st

from curator.app.common.pages import pages_for
from curator.app.common.state import person, project
from curator.app.labelling.labeller import labeller
from curator.app.labelling.labeller_data import labeller_data

_STYLE = """<style>
.stMainBlockContainer { padding-top: 2.5rem; padding-bottom: 1rem }
@media (max-width: 768px) { .stMainBlockContainer { padding: 4rem 1rem 1rem } }
</style>"""


def show() -> None:
    """Mount the labeller; everything else happens in the browser and in routes."""
    st.html(_STYLE)
    visitor = person()
    with project().reading() as session:
        chosen = labeller_data(session)
    labeller(visitor.key, [page.name for page in pages_for(visitor.role)], chosen)


if __name__ == "__main__":
    show()
