"""What came of the last import."""

from functools import partial
from typing import Any

import streamlit as st

from curator.app.common.issue_table import issue_table
from curator.app.common.state import project
from curator.steps.importing.list_issues import issues_csv
from curator.steps.importing.sources import LAYOUTS
from db.jobs.queue import newest_job


def show_outcome() -> None:
    """Show what the last import brought, and what it left out with the reasons."""
    with project().reading() as session:
        job = newest_job(session, ("import",))
    # A result without a layout is from an earlier version of this tool.
    if job is None or not job.result or "layout" not in job.result:
        return
    st.subheader("What came in")
    _counts(job.result)
    if job.result["issues"]:
        _issues(job.id, job.result["issues"])


def _counts(result: dict[str, Any]) -> None:
    counts = {
        "Images": result["imported"],
        "Known already": result["known"],
        "Faces": result["faces"],
        "Without a face": result["without_face"],
        "Labels": result["labels"],
    }
    with st.container(horizontal=True):
        for title, count in counts.items():
            st.metric(title, f"{count:,}", border=True)
    title = LAYOUTS[result["layout"]].title if result["layout"] in LAYOUTS else result["layout"]
    how = "each image taken as one face" if result["holds_crops"] else "faces found"
    st.caption(
        f"Read as {title}; {how} by {result['detector']}; {result['labels_placed']:,} labels now "
        "belong to a face."
    )


def _issues(job_id: int, issues: list[dict[str, str]]) -> None:
    things = "1 thing" if len(issues) == 1 else f"{len(issues):,} things"
    with st.expander(f"{things} to know, by reason", icon=":material/report:"):
        issue_table(issues)
        st.download_button(
            "Download all as CSV",
            partial(issues_csv, issues),
            f"import-{job_id}-issues.csv",
            "text/csv",
            key="import.issues",
            on_click="ignore",
            icon=":material/download:",
        )
