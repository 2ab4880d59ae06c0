"""The tabs below the results of a run; only the one that is open is made."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from curator.app.models.result_charts import confusion_chart, interval_chart, reliability_chart
from curator.app.models.result_parts import curves_panel, result_table
from curator.app.models.tested_faces_panel import tested_faces_panel
from curator.steps.models.list_runs import ListedRun, list_report_files
from db.run_folder.figure_tables import (
    ceiling_table,
    csv_tables,
    labels_table,
    leak_table,
    left_out_table,
    recall_table,
    seeds_in_words,
    seeds_table,
    slice_table,
    sources_matrix,
)
from db.run_folder.figures import CellFigures, RunFigures, SliceKind
from db.run_folder.results import CellResult
from db.run_folder.run_tables import confusion_table, rests_on


@dataclass(frozen=True, eq=False)
class _Shown:
    """What the tabs are about.

    Attributes:
        run: The run.
        cell: One of its cells.
        figures: Its figures; those of a run that was stopped were never worked out.
    """

    run: ListedRun
    cell: CellResult
    figures: RunFigures

    @property
    def of_cell(self) -> CellFigures | None:
        return self.figures.cell(self.cell.net, self.cell.classifier)


def result_tabs(run: ListedRun, figures: RunFigures | None) -> None:
    """Show one cell from all sides, the studies of the run, and what can be taken away."""
    cell = _chosen(run)
    if cell is None:
        curves_panel(run.result)
        return
    shown = _Shown(run, cell, figures or RunFigures())
    makers: dict[str, Callable[[_Shown], None]] = {
        "Learning curves": lambda shown: curves_panel(shown.run.result),
        "Confusion": _confusion,
        "Calibration": _calibration,
        "By source, agreement, quality": _slices,
        "Right and wrong": lambda shown: tested_faces_panel(shown.run, shown.cell),
        "Leaked vs honest": _leak,
        "Sources": _sources,
        "Seeds, labels, people": _others,
        "Downloads": _downloads,
    }
    tabs = st.tabs(list(makers), key=f"benchmark.tabs.{run.id}", on_change="rerun")
    for tab, make in zip(tabs, makers.values(), strict=True):
        if tab.open:
            with tab:
                make(shown)


def _chosen(run: ListedRun) -> CellResult | None:
    """Let a cell be chosen, the standard one at first; None where there is none yet."""
    standard = run.result.standard
    if standard is None:
        return None
    cells = [standard, *(cell for cell in run.result.cells if cell != standard)]
    titles = {f"{cell.net} with {cell.classifier}": cell for cell in cells}
    return titles[st.selectbox("Look closer at", list(titles), key=f"benchmark.cell.{run.id}")]


def _confusion(shown: _Shown) -> None:
    st.altair_chart(confusion_chart(confusion_table(shown.cell)), width="stretch")
    st.caption(f"Test faces. {rests_on(shown.run.result)}")
    if shown.of_cell:
        recalls = recall_table([shown.of_cell]).drop(columns=["net", "classifier"])
        _intervals(recalls, "label", "recall", shown)


def _intervals(table: pd.DataFrame, name: str, value: str, shown: _Shown) -> None:
    st.altair_chart(interval_chart(table, name, value), width="stretch")
    result_table(table, shown.run.result)


def _calibration(shown: _Shown) -> None:
    cell = shown.of_cell
    if cell is None:
        _missing()
        return
    st.markdown(
        f"Expected calibration error **{cell.calibration_error:.3f}**: how far the probability "
        "of the predicted label is from how often it is right. On the dashed line they are equal."
    )
    st.altair_chart(reliability_chart(cell), width="stretch")
    st.caption(rests_on(shown.run.result))


def _missing() -> None:
    st.info("These figures are worked out when a run has ended; this one was stopped before.")


def _slices(shown: _Shown) -> None:
    if shown.of_cell is None:
        _missing()
        return
    for kind in SliceKind:
        table = slice_table([shown.of_cell], kind).drop(columns=["net", "classifier", "by"])
        if len(table):
            st.markdown(f"**By {kind}**")
            _intervals(table, "part", "accuracy", shown)


def _leak(shown: _Shown) -> None:
    leak = shown.figures.leak
    if leak is None:
        st.info(
            "Ask for the leaked figure with the benchmark to see beside the honest accuracy what "
            "faces of one unit on both sides of the split would have shown."
        )
        return
    st.markdown(leak.about)
    st.markdown(f"Honest: **{leak.honest.in_words()}**")
    st.markdown(f"Leaked: **{leak.leaked.in_words()}**")
    result_table(leak_table(shown.figures), shown.run.result)


def _sources(shown: _Shown) -> None:
    figures = shown.figures
    if not figures.left_out and not figures.sources:
        st.info(
            "Ask for the study of sources with the benchmark, on a snapshot of at least two, to "
            "see how a net does on a source that it has never seen."
        )
    if figures.left_out:
        st.markdown("**Left out of training, then tested on**")
        result_table(left_out_table(figures), shown.run.result)
    if figures.sources:
        st.markdown("**Trained here, tested there**")
        result_table(sources_matrix(figures), shown.run.result)


def _others(shown: _Shown) -> None:
    figures = shown.figures
    tables = {
        "One person, judged by the others, and the standard cell by the same": (
            ceiling_table(figures),
            "",
        ),
        "Seeds": (seeds_table(figures), seeds_in_words(figures) if figures.seeds else ""),
        "What nets are taught of the votes": (labels_table(figures), ""),
    }
    filled = {title: part for title, part in tables.items() if len(part[0])}
    for title, (table, words) in filled.items():
        st.markdown(f"**{title}**")
        if words:
            st.markdown(words)
        result_table(table, shown.run.result)
    if not filled:
        st.info("Nothing yet: it needs test faces with three votes, or studies of seeds or labels.")


def _downloads(shown: _Shown) -> None:
    files = list_report_files(shown.run.folder)
    if not files:
        st.caption("Pages and pictures are written when a run has ended.")
    for path in files:
        _download(path.name, path.read_bytes, shown)
    for name, table in csv_tables(shown.run.result, shown.figures).items():
        if len(table):
            _download(f"{name}.csv", partial(_csv, table), shown)


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode("utf-8")


def _download(name: str, content: Callable[[], bytes], shown: _Shown) -> None:
    """Offer a file; its bytes are read when somebody asks for them."""
    run_id = shown.run.id
    st.download_button(
        name,
        content,
        file_name=f"run-{run_id}-{name}",
        key=f"benchmark.download.{run_id}.{name}",
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )
