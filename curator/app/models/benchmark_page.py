"""One click trains nets and classifiers on a snapshot; the two tables show what came out."""

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import person, project
from curator.app.common.widgets import job_panel
from curator.app.models.benchmark_form import benchmark_form
from curator.app.models.results_panel import results_panel
from curator.steps.models.list_runs import list_runs, list_snapshots


def show() -> None:
    """Ask for a benchmark and show the results of those that ran."""
    st.title("Benchmark")
    with project().reading() as session:
        snapshots, runs = list_snapshots(session), list_runs(project(), session)
    if snapshots:
        benchmark_form(snapshots, runs)
    else:
        st.info("A benchmark needs a frozen snapshot, and there is none yet.")
        link_to("snapshot", person().role, "Freeze a snapshot")
    job_panel(("benchmark", "estimate", "promote"))
    if runs:
        results_panel(runs)


if __name__ == "__main__":
    show()
