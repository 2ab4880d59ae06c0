"""One click trains nets and classifiers on a snapshot; the two tables show what came out."""

import altair as alt
import pandas as pd
import streamlit as st

from curator.app.pages import link_to
from curator.app.state import person, project
from curator.app.widgets import acting, ask_for, job_panel
from curator.steps.list_runs import ListedRun, list_runs, list_snapshots
from db.paper import PAPER_CLASSIFIERS, PAPER_NETS
from db.run_tables import confusion_table, table_one, table_two
from db.runs import PRESET_NAMES, CellResult, RunResult
from db.snapshots import StoredSnapshot

_SHARE = st.column_config.NumberColumn(format="%.4f")
_COUNT = st.column_config.NumberColumn(format="localized")


def show() -> None:
    """Ask for a benchmark and show the results of those that ran."""
    st.title("Benchmark")
    with project().reading() as session:
        snapshots, runs = list_snapshots(session), list_runs(project(), session)
    if snapshots:
        _form(snapshots)
    else:
        st.info("A benchmark needs a frozen snapshot, and there is none yet.")
        link_to("snapshot", person().role, "Freeze a snapshot")
    job_panel(("benchmark", "promote"))
    if runs:
        _results(runs)


def _form(snapshots: list[StoredSnapshot]) -> None:
    titles = {f"{s.name}@{s.version} ({s.faces:,} faces)": s.id for s in snapshots}
    with st.form("benchmark.form"):
        left, middle, right = st.columns(3)
        title = left.selectbox("Snapshot", list(titles), key="benchmark.snapshot")
        preset = middle.selectbox("Preset", list(PRESET_NAMES), key="benchmark.preset")
        seed = right.number_input("Seed", 0, 2**31, 0, key="benchmark.seed")
        with st.expander("Nets and classifiers"):
            nets = st.multiselect("Nets", list(PAPER_NETS), list(PAPER_NETS), key="benchmark.nets")
            names = list(PAPER_CLASSIFIERS)
            classifiers = st.multiselect("Classifiers", names, names, key="benchmark.classifiers")
        if st.form_submit_button("Benchmark", type="primary", icon=":material/play_arrow:"):
            arguments = {
                "snapshot_id": titles[title],
                "preset": preset,
                "nets": nets,
                "classifiers": classifiers,
                "seed": int(seed),
            }
            acting(lambda: ask_for("benchmark", arguments))
            st.rerun()


def _results(runs: list[ListedRun]) -> None:
    titles = {run.title: run for run in runs}
    run = titles[st.selectbox("Results of", list(titles), key="benchmark.run")]
    _tables(run.result)
    standard = run.result.standard
    if standard is not None:
        _standard(run.id, standard)


def _tables(run: RunResult) -> None:
    if run.error:
        st.error(run.error)
    st.subheader("Table I: nets")
    _table(table_one(run))
    st.subheader(f"Table II: classifiers on the features of {run.table_two_net or 'the best net'}")
    _table(table_two(run))
    with st.expander("What these figures rest on"):
        st.markdown(f"Snapshot {run.snapshot}, content hash `{run.snapshot_hash}`.")
        st.markdown("\n".join(f"- {note}" for note in run.notes))
    _curves(run)


def _table(table: pd.DataFrame) -> None:
    counts = {"parameters", "paper parameters", "epochs", "MB"}
    numbers = table.select_dtypes("number").columns
    formats = {name: _COUNT if name in counts else _SHARE for name in numbers}
    st.dataframe(table, hide_index=True, width="stretch", column_config=formats)


def _curves(run: RunResult) -> None:
    rows = [
        {"net": net.net, "epoch": epoch.epoch, "validation accuracy": epoch.validation_accuracy}
        for net in run.nets
        for epoch in net.history
    ]
    if rows:
        st.subheader("Validation accuracy by epoch")
        st.line_chart(
            pd.DataFrame(rows), x="epoch", y="validation accuracy", color="net", height=260
        )


def _standard(run_id: int, cell: CellResult) -> None:
    low, high = cell.test_interval
    st.subheader(f"Best by validation: {cell.net} with {cell.classifier}")
    st.markdown(
        f"Accuracy **{cell.test_accuracy:.1%}** on the test split, which no choice has looked "
        f"at; 95 % interval {low:.1%} to {high:.1%}, by bootstrap over units."
    )
    st.button(
        "Make it the standard model",
        key=f"benchmark.promote.{run_id}",
        icon=":material/workspace_premium:",
        on_click=acting,
        args=(lambda: _promote(run_id, cell),),
    )
    st.markdown("**Confusion matrix on the test split**")
    st.altair_chart(_confusion_chart(confusion_table(cell)), width="content")


def _promote(run_id: int, cell: CellResult) -> None:
    ask_for("promote", {"run_id": run_id, "net": cell.net, "classifier": cell.classifier})


def _confusion_chart(counts: pd.DataFrame) -> alt.LayerChart:
    labels = list(counts.columns)
    cells = counts.reset_index().melt("true", var_name="predicted", value_name="faces")
    base = alt.Chart(cells).encode(
        x=alt.X("predicted:N", sort=labels, axis=alt.Axis(orient="top", labelAngle=-45)),
        y=alt.Y("true:N", sort=labels),
    )
    colour = alt.Color("faces:Q", scale=alt.Scale(scheme="blues"), legend=None)
    shade = "datum.faces > " + str(counts.to_numpy().max() / 2)
    text = alt.when(shade).then(alt.value("white")).otherwise(alt.value("black"))
    rectangles = base.mark_rect().encode(color=colour)
    numbers = base.mark_text().encode(text="faces:Q", color=text)
    return alt.LayerChart(layer=[rectangles, numbers], data=cells, width=420, height=380)


if __name__ == "__main__":
    show()
