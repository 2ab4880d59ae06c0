"""Choose, preview, freeze, take away."""

import pandas as pd
import streamlit as st

from curator.app.pages import link_to
from curator.app.recipe_choices import recipe_choices
from curator.app.shortage_panel import shortage_panel
from curator.app.state import person, project
from curator.app.widgets import acting, ask_for, job_panel
from curator.core.recipe import Recipe
from curator.errors import CuratorError
from curator.steps.export import FORMATS
from curator.steps.list_runs import list_snapshots
from curator.steps.preview_snapshot import Preview, preview
from db.snapshots import StoredSnapshot


def show() -> None:
    """Show what a recipe would choose, freeze it, and list what is frozen."""
    st.title("Snapshots")
    try:
        recipe = recipe_choices()
        with project().reading() as session:
            seen = preview(session, recipe, with_remedies=True)
    except (CuratorError, ValueError) as error:  # choices that contradict each other
        st.error(str(error))
    else:
        _chosen(seen, recipe)
    job_panel(("freeze", "order"))
    _list()


def _chosen(seen: Preview, recipe: Recipe) -> None:
    if not seen.shortages["settled"].any():
        st.info("No face is settled yet that this recipe can use, so there is nothing to freeze.")
        link_to("label", person().role, "Label faces")
        return
    st.subheader(f"{len(seen.chosen):,} faces would be frozen")
    shortage_panel(seen, recipe)
    _tables(seen.shortages, seen.outcomes)
    if not seen.chosen.empty:
        _freeze(recipe)


def _tables(shortages: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    left, right = st.columns([3, 2])
    left.dataframe(shortages, hide_index=True, width="stretch")
    right.dataframe(outcomes, hide_index=True, width="stretch")


def _freeze(recipe: Recipe) -> None:
    with (
        st.form("snapshot.freeze", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input("Name of the snapshot", "set", key="snapshot.name", max_chars=64)
        if st.form_submit_button("Freeze", type="primary"):
            arguments = {"name": name, "recipe": recipe.as_json()}
            acting(lambda: ask_for("freeze", arguments))


def _list() -> None:
    st.subheader("Frozen")
    with project().reading() as session:
        stored = list_snapshots(session)
    if not stored:
        st.caption("No snapshot is frozen yet.")
    for snapshot in stored:
        with st.container(border=True):
            st.markdown(
                f"**{snapshot.name}@{snapshot.version}** · {snapshot.faces:,} faces · "
                f"{snapshot.created_at:%Y-%m-%d %H:%M} UTC"
            )
            st.code(snapshot.content_hash, language=None)
            _downloads(snapshot)


def _downloads(snapshot: StoredSnapshot) -> None:
    links = " &nbsp; ".join(
        f"<a href='/api/snapshots/{snapshot.id}/{name}.zip' download>Download {name} (zip)</a>"
        for name in FORMATS
    )
    st.html(links)


if __name__ == "__main__":
    show()
