"""What stands out or was left out, by its reason, as a table that wraps on a phone."""

from collections.abc import Iterable, Mapping
from html import escape

import streamlit as st

from curator.steps.importing.list_issues import issues_by_reason

_SHOWN_REASONS = 200
_CELL = "padding:5px 14px 5px 0;vertical-align:top;overflow-wrap:anywhere"
_ROW = (
    f"<tr style='border-top:1px solid rgba(128,128,128,.25)'><td style='{_CELL};"
    f"text-align:right'><b>{{times}}</b></td><td style='{_CELL}'>{{items}}</td>"
    f"<td style='{_CELL}'>{{reason}}</td></tr>"
)
_TABLE = "<table style='border-collapse:collapse;width:100%;font-size:14px'>{rows}</table>"


def issue_table(issues: Iterable[Mapping[str, str]]) -> None:
    """Show issues by their reason, the most frequent first, with how often and three items.

    Args:
        issues: Each with `item` and `reason`.
    """
    table = issues_by_reason(issues)
    rows = table.head(_SHOWN_REASONS).itertuples(index=False)
    cells = (
        _ROW.format(times=f"{times:,}", items=escape(items), reason=escape(reason))
        for reason, times, items in rows
    )
    st.html(_TABLE.format(rows="".join(cells)))
    if len(table) > _SHOWN_REASONS:
        st.caption(f"The {_SHOWN_REASONS} most frequent of {len(table):,} reasons are shown.")
