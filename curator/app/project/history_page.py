"""Who did what and when: the audit trail to read and to take along."""

from datetime import UTC, datetime, time, timedelta

import pandas as pd
import streamlit as st

from curator.app.common.state import Remembered, project
from curator.steps.project.audit_trail import (
    AuditLine,
    Kind,
    TrailPosition,
    Wanted,
    annotator_names,
    audit_trail,
    in_words,
)

_LINES = 100
_PASSED: Remembered[tuple[Wanted, tuple[TrailPosition, ...]]] = Remembered(
    "history.passed", (Wanted(), ())
)


def show() -> None:
    """Show the trail, newest first, with filters, and a link to all of it."""
    st.title("History")
    wanted = _filters()
    kept, passed = _PASSED.value()
    after = passed[-1] if passed and kept == wanted else None
    with project().reading() as session:
        lines = audit_trail(session, wanted, after=after, count=_LINES)
    if not lines:
        st.info("Nothing has been done yet." if wanted == Wanted() else "Nothing matches.")
    else:
        st.dataframe(_table(lines), hide_index=True, key="history.lines", height=560)
    _paging(wanted, passed if kept == wanted else (), lines)
    st.html(
        "<a href='/api/audit.csv' download>Download all of it as CSV</a>"
        "<span style='opacity:.7'> · with the names of annotators</span>"
    )


def _filters() -> Wanted:
    with project().reading() as session:
        people = annotator_names(session)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox("Kind", list(Kind), None, key="history.kind", placeholder="All")
        who = st.selectbox(
            "Who",
            list(people),
            None,
            format_func=people.__getitem__,
            key="history.who",
            placeholder="Everybody",
        )
        face = st.number_input(
            "Face", 1, value=None, step=1, key="history.face", placeholder="Any face"
        )
        since = st.date_input("From", None, key="history.since")
        until = st.date_input("To", None, key="history.until")
    return Wanted(
        face_id=None if face is None else int(face),
        by_id=who,
        kind=kind,
        since=datetime.combine(since, time(), UTC) if since else None,
        until=datetime.combine(until, time(), UTC) + timedelta(days=1) if until else None,
    )


def _table(lines: list[AuditLine]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "At (UTC)": [f"{line.place.at:%Y-%m-%d %H:%M:%S}" for line in lines],
            "Who": [line.by or "a command" for line in lines],
            "Face": ["" if line.face_id is None else str(line.face_id) for line in lines],
            "Kind": [str(line.place.kind) for line in lines],
            "What": [line.what for line in lines],
            "Details": [in_words(line.details) for line in lines],
        }
    )


def _paging(wanted: Wanted, passed: tuple[TrailPosition, ...], lines: list[AuditLine]) -> None:
    with st.container(horizontal=True):
        st.button(
            "Newer",
            key="history.newer",
            icon=":material/chevron_left:",
            disabled=not passed,
            on_click=_PASSED.keep,
            args=((wanted, passed[:-1]),),
        )
        st.button(
            "Older",
            key="history.older",
            icon=":material/chevron_right:",
            disabled=len(lines) < _LINES,
            on_click=_PASSED.keep,
            args=((wanted, (*passed, lines[-1].place) if lines else passed),),
        )


if __name__ == "__main__":
    show()
