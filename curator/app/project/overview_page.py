"""Where the project stands, and what comes next."""

import pandas as pd
import streamlit as st

from curator.app.common.pages import link_to, pages_for
from curator.app.common.state import person, project
from curator.steps.overview import Overview, next_step, overview


def show() -> None:
    """Show the counts of the project and the step that comes next."""
    st.title("Overview")
    with project().reading() as session:
        counts = overview(session)
    _next(counts)
    _metrics(counts)
    _by_label(counts)


def _next(counts: Overview) -> None:
    role = person().role
    step = next_step(counts, {page.name for page in pages_for(role)})
    with st.container(border=True):
        st.markdown(f"**Next:** {step.reason}")
        link_to(step.page, role, step.action)


def _metrics(counts: Overview) -> None:
    with st.container(horizontal=True):
        st.metric("Images", f"{counts.images:,}", border=True)
        st.metric("Faces", f"{counts.faces:,}", border=True)
        st.metric("Labelled", f"{counts.labelled:,}", border=True)
        st.metric("Settled", f"{counts.settled:,}", border=True)
        st.metric("Duplicates", f"{counts.duplicates:,}", border=True)
        st.metric("Snapshots", f"{counts.snapshots:,}", border=True)


def _by_label(counts: Overview) -> None:
    st.subheader("Settled faces by label")
    if not counts.settled:
        st.caption("None yet. A face is settled when enough annotators agree on it.")
        return
    table = pd.DataFrame({"label": counts.by_label.keys(), "faces": counts.by_label.values()})
    st.bar_chart(table, x="label", y="faces", horizontal=True, height=280)


if __name__ == "__main__":
    show()
