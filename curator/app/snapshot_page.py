"""Choose, preview, freeze, take away."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from curator.app.pages import link_to
from curator.app.state import person, project
from curator.app.widgets import acting, ask_for, job_panel
from curator.core.quality_bounds import DEFAULT_BOUNDS
from curator.core.recipe import PRESETS, Preprocessing, Recipe
from curator.steps.export import FORMATS
from curator.steps.freeze_snapshot import preview
from curator.steps.list_runs import list_snapshots
from curator.steps.settle_labels import project_rule, settings
from db.snapshots import StoredSnapshot

_PREPROCESSING: dict[str, Preprocessing] = {
    "the paper's: grey": "paper",
    "none: colour": "none",
}


def show() -> None:
    """Show what a recipe would choose, freeze it, and list what is frozen."""
    st.title("Snapshots")
    recipe = _recipe()
    with project().reading() as session:
        seen = preview(session, recipe)
    if seen.faces.empty:
        st.info("No face is settled yet, so there is nothing to freeze.")
        link_to("label", person().role, "Label faces")
    else:
        _preview(seen.shortages, seen.outcomes, len(seen.faces))
        _freeze(recipe)
    job_panel(("freeze",))
    _list()


def _recipe() -> Recipe:
    with project().reading() as session:
        rule, distance = project_rule(session), settings(session).duplicate_distance
    left, middle, right = st.columns(3)
    preset = left.selectbox("Recipe", list(PRESETS), key="snapshot.preset")
    wanted = middle.selectbox("Pre-processing", list(_PREPROCESSING), key="snapshot.preprocessing")
    seed = right.number_input("Seed", 0, 2**31, 0, key="snapshot.seed")
    is_choosy = st.toggle(
        "Leave out faces of low quality",
        key="snapshot.quality",
        help="Those below the floors that the Faces page shows: small, blurred, dark, turned away.",
    )
    return replace(
        PRESETS[preset],
        rule=rule,
        duplicate_distance=distance,
        preprocessing=_PREPROCESSING[wanted],
        quality=DEFAULT_BOUNDS if is_choosy else {},
        seed=int(seed),
    )


def _preview(shortages: pd.DataFrame, outcomes: pd.DataFrame, chosen: int) -> None:
    st.subheader(f"{chosen:,} faces would be frozen")
    left, right = st.columns([3, 2])
    left.dataframe(shortages, hide_index=True, width="stretch")
    right.dataframe(outcomes, hide_index=True, width="stretch")
    short = shortages[shortages["short"] > 0]
    if not short.empty:
        lacks = ", ".join(f"{row.label} lacks {row.short:,}" for row in short.itertuples())
        st.warning(f"Short of the recipe's targets: {lacks}. What there is would be frozen.")


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
