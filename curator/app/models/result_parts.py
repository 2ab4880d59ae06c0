"""What several parts of the results of a run show."""

from typing import Final

import pandas as pd
import streamlit as st

from curator.app.models.result_charts import curve_chart
from db.run_folder.results import RunResult
from db.run_folder.run_tables import COUNTS, FEW_DIGITS, curve_table, rests_on

ALL_NETS: Final = "All nets, validation only"
_COUNT = st.column_config.NumberColumn(format="localized")
_SHARE = st.column_config.NumberColumn(format="%.4f")
_OWN_FORMATS: Final = {
    **dict.fromkeys(FEW_DIGITS, st.column_config.NumberColumn(format="%.1f")),
    "seed": st.column_config.NumberColumn(format="%d"),
}


def result_table(table: pd.DataFrame, run: RunResult) -> None:
    """Show a table of a run, and in a line what it rests on."""
    numbers = [str(name) for name in table.select_dtypes("number").columns]
    formats = {name: _COUNT if name in COUNTS else _SHARE for name in numbers} | _OWN_FORMATS
    st.dataframe(table, hide_index=True, width="stretch", column_config=formats)
    st.caption(rests_on(run))


def curves_panel(run: RunResult) -> None:
    """Show the learning curves of one net, or of all nets beside each other."""
    curves = curve_table(run)
    if curves.empty:
        st.caption("Curves appear with the first epoch.")
        return
    nets = list(dict.fromkeys(curves["net"]))
    net = st.selectbox("Net", [ALL_NETS, *nets], key="benchmark.curves") if len(nets) > 1 else None
    shown = curves if net in {None, ALL_NETS} else curves[curves["net"] == net]
    left, right = st.columns(2)
    left.altair_chart(curve_chart(shown, "accuracy"), width="stretch")
    right.altair_chart(curve_chart(shown, "loss"), width="stretch")
    st.caption(rests_on(run))
