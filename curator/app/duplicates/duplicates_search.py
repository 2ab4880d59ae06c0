"""The search for duplicates: how far apart, and what has come in since the last one."""

import streamlit as st

from curator.app.common.state import project
from curator.app.common.widgets import acting, request_job
from curator.steps.duplicates.list_duplicates import faces_not_compared
from curator.steps.project.settings import settings

WIDEST_BITS = 20


def search() -> None:
    """Ask how far two faces may differ, and search."""
    with st.form("duplicates.search"):
        bits = st.slider(
            "How far two faces may differ to count as the same picture",
            0,
            WIDEST_BITS,
            _distance(),
            key="duplicates.distance",
            help="In bits of their perceptual hashes, a short code of what a picture looks like. "
            "Faces that look alike from brow to mouth are compared whatever this says, and all "
            "pairs are checked pixel by pixel.",
        )
        if st.form_submit_button("Find duplicates", type="primary"):
            acting(lambda: request_job("duplicates", {"distance": bits}))


def search_again() -> None:
    """Keep the search at hand where groups are known already."""
    with st.popover("Search", icon=":material/search:"):
        st.caption("What was decided stays decided, whatever a search finds.")
        search()


def newer_faces() -> None:
    """Say how many faces the last search has not seen, and offer to compare them."""
    with project().reading() as session:
        count = faces_not_compared(session)
    if count:
        st.button(
            f"Compare {count:,} newer",
            key="duplicates.compare",
            icon=":material/compare:",
            help="Faces that came in after the last search are compared with all others.",
            on_click=acting,
            args=(lambda: request_job("duplicates", {"distance": _distance()}),),
        )


def _distance() -> int:
    with project().reading() as session:
        return min(settings(session).duplicate_distance, WIDEST_BITS)
