"""Choose, preview, freeze; look at what is frozen, compare it, take it away."""

from typing import Any

import pandas as pd
import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import person, project
from curator.app.common.widgets import acting, job_panel, request_job
from curator.app.snapshots.frozen_panel import frozen_panel
from curator.app.snapshots.recipe_form import recipe_choices
from curator.app.snapshots.shortage_panel import shortage_panel
from curator.core.snapshots.recipe import Recipe
from curator.errors import CuratorError
from curator.steps.models.list_runs import list_snapshots
from curator.steps.snapshots.preview_snapshot import Preview, preview, preview_figures
from db.jobs.queue import newest_job
from db.tables.jobs import JobState

_CHANGES = ("import", "detect", "duplicates", "subjects", "freeze")
_AGREEMENT: dict[str, Any] = {
    "votes": st.column_config.NumberColumn("votes a face", format="%.1f"),
    "share": st.column_config.NumberColumn("agree", format="percent"),
    "single": "one vote",
}
_QUALITY: dict[str, Any] = {
    "percentile_5": st.column_config.NumberColumn("5 %", format="%.1f"),
    "median": st.column_config.NumberColumn(format="%.1f"),
    "percentile_95": st.column_config.NumberColumn("95 %", format="%.1f"),
    "not_measured": "not measured",
}


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
    job_panel(("freeze", "check", "order", "export"))
    with project().reading() as session:
        stored = list_snapshots(session)
    st.subheader("Frozen")
    if stored:
        frozen_panel(stored)
    else:
        st.caption("No snapshot is frozen yet.")


def _chosen(seen: Preview, recipe: Recipe) -> None:
    if not seen.shortages["settled"].any():
        st.info("No face is settled yet that this recipe can use, so there is nothing to freeze.")
        link_to("label", person().role, "Label faces")
        return
    st.subheader(f"{len(seen.chosen):,} faces would be frozen")
    shortage_panel(seen, recipe)
    _tables(seen.shortages, seen.outcomes)
    if not seen.chosen.empty:
        _figures(seen)
        _checked(recipe)
        _freeze(recipe)


def _tables(shortages: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    left, right = st.columns([3, 2])
    left.dataframe(shortages, hide_index=True, width="stretch")
    right.dataframe(outcomes, hide_index=True, width="stretch")


def _figures(seen: Preview) -> None:
    if not st.toggle("Show their agreement and quality", key="snapshot.figures"):
        return
    with project().reading() as session:
        figures = preview_figures(session, seen.chosen)
    left, right = st.columns([2, 3])
    left.dataframe(figures.agreement, hide_index=True, width="stretch", column_config=_AGREEMENT)
    right.dataframe(figures.quality, hide_index=True, width="stretch", column_config=_QUALITY)


def _checked(recipe: Recipe) -> None:
    """Say what a check of this very recipe found, unless other work has come after it."""
    with project().reading() as session:
        job = newest_job(session, ("check", *_CHANGES))
    if job is None or job.kind != "check" or job.state is not JobState.DONE or not job.result:
        return
    found = job.result
    if found["recipe"] != recipe.as_json() or job.finished_at is None:
        return
    when = f"As the project stood on {job.finished_at:%Y-%m-%d %H:%M} UTC"
    if found["leaks"]:
        lines = "\n".join(f"- {sentence}" for sentence in found["leaks"])
        st.warning(f"{when}, the splits of this recipe leaked.\n\n{lines}")
    else:
        st.success(
            f"{when}, no picture, subject or video of {found['faces']:,} faces stood in two "
            f"splits: {found['pairs']:,} pairs were compared."
        )


def _freeze(recipe: Recipe) -> None:
    with (
        st.form("snapshot.freeze", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        name = st.text_input("Name of the snapshot", "set", key="snapshot.name", max_chars=64)
        if st.form_submit_button("Freeze", type="primary"):
            arguments = {"name": name, "recipe": recipe.as_json()}
            acting(lambda: request_job("freeze", arguments))
        if st.form_submit_button("Check its splits for leaks"):
            acting(lambda: request_job("check", {"recipe": recipe.as_json()}))


if __name__ == "__main__":
    show()
