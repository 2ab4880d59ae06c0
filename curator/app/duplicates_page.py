"""Faces that show the same picture, group by group."""

import streamlit as st

from curator.app.pages import link_to
from curator.app.state import person, project
from curator.app.widgets import acting, ask_for, face_grid, job_panel
from curator.steps.list_duplicates import DuplicateGroup, duplicate_groups
from curator.steps.settle_labels import settings

_PER_PAGE = 20


def show() -> None:
    """Let a person search for duplicates and look at what was found."""
    st.title("Duplicates")
    _search()
    job_panel(("duplicates",))
    with project().reading() as session:
        groups = duplicate_groups(session)
    if groups:
        _groups(groups)
    else:
        st.info("No duplicates are known. Search once the photos are in.")
        link_to("import", person().role, "Import photos")


def _search() -> None:
    with project().reading() as session:
        distance = settings(session).duplicate_distance
    with st.form("duplicates.search"):
        bits = st.slider(
            "How far two faces may differ to count as the same picture",
            0,
            20,
            distance,
            key="duplicates.distance",
            help="In bits of their perceptual hashes, a short code of what a picture looks like. 0 "
            "finds equal codes only; pairs are then checked pixel by pixel.",
        )
        if st.form_submit_button("Find duplicates", type="primary"):
            acting(lambda: ask_for("duplicates", {"distance": bits}))


def _groups(groups: list[DuplicateGroup]) -> None:
    conflicts = sum(group.is_conflict for group in groups)
    st.markdown(
        f"**{len(groups):,}** groups; **{conflicts:,}** of them carry different labels and come "
        "first. The framed face is kept; only kept faces enter a snapshot."
    )
    pages = -(-len(groups) // _PER_PAGE)
    page = (st.pagination(pages, key="duplicates.page") or 1) if pages > 1 else 1
    for group in groups[(page - 1) * _PER_PAGE : page * _PER_PAGE]:
        with st.container(border=True):
            if group.is_conflict:
                st.markdown(":orange-badge[different labels]")
            face_grid(group.captions(), framed=frozenset({group.keeper_id}), size_px=110)


if __name__ == "__main__":
    show()
