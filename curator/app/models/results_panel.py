"""What came out of a run: both tables, the standard cell, and what puts it into perspective."""

from pathlib import Path

import streamlit as st

from curator.app.common.widgets import acting, request_job
from curator.app.models.result_parts import curves_panel, result_table
from curator.app.models.result_tabs import result_tabs
from curator.steps.models.list_runs import ListedRun
from db.run_folder.figure_tables import comparison_table, verdicts_in_words
from db.run_folder.figures import RunFigures, read_figures
from db.run_folder.results import CellResult, RunResult, RunState, read_run
from db.run_folder.run_tables import table_one, table_two


def results_panel(runs: list[ListedRun]) -> None:
    """Show one run, as it goes while it is at work.

    Args:
        runs: All of them, the newest first; at least one.
    """
    titles = {run.title: run for run in runs}
    run = titles[st.selectbox("Results of", list(titles), key="benchmark.run")]
    if run.result.state is RunState.RUNNING:
        _at_work(run.folder)
    else:
        _ended(run)


@st.fragment(run_every="3s")
def _at_work(folder: Path) -> None:
    """Show the tables and curves so far; the page anew when the run has ended."""
    result = read_run(folder)
    if result.state is not RunState.RUNNING:
        st.rerun()
    _tables(result)
    st.subheader("Learning curves")
    curves_panel(result)


def _ended(run: ListedRun) -> None:
    figures = read_figures(run.folder)
    _tables(run.result)
    if run.result.standard is not None:
        _standard(run, run.result.standard, figures)
    result_tabs(run, figures)


def _tables(run: RunResult) -> None:
    if run.error:
        st.error(run.error)
    st.subheader("Table I: nets")
    result_table(table_one(run), run)
    st.subheader(f"Table II: classifiers on the features of {run.table_two_net or 'the best net'}")
    result_table(table_two(run), run)
    with st.expander("What these figures rest on"):
        st.markdown(f"Snapshot {run.snapshot}, content hash `{run.snapshot_hash}`.")
        st.markdown("\n".join(f"- {note}" for note in run.notes))


def _standard(run: ListedRun, cell: CellResult, figures: RunFigures | None) -> None:
    low, high = cell.test_interval
    st.subheader(f"Best by validation: {cell.net} with {cell.classifier}")
    st.markdown(
        f"Accuracy **{cell.test_accuracy:.1%}** on the test split, which no choice has looked "
        f"at; 95 % interval {low:.1%} to {high:.1%}, by bootstrap over units."
    )
    if figures is not None and figures.comparisons:
        st.markdown(verdicts_in_words(figures))
        with st.expander("Against every other cell, on the same test faces"):
            result_table(comparison_table(figures), run.result)
    st.button(
        "Make it the standard model",
        key=f"benchmark.promote.{run.id}",
        icon=":material/workspace_premium:",
        on_click=acting,
        args=(lambda: _promote(run.id, cell),),
    )


def _promote(run_id: int, cell: CellResult) -> None:
    request_job("promote", {"run_id": run_id, "net": cell.net, "classifier": cell.classifier})
