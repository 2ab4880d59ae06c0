"""What several pages show."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

import streamlit as st

from curator.app.common.state import Remembered, person, project
from curator.errors import CuratorError
from db.jobs.queue import add_job, log_of, newest_job, request_cancel
from db.tables.jobs import Job, JobState

_MESSAGES: Remembered[list[tuple[str, str]]] = Remembered("messages", [])
_WATCHED: Remembered[int | None] = Remembered("jobs.watched", None)

_OF_IMAGES = frozenset({"import", "detect"})
"""The kinds of job that count images."""


def show_messages() -> None:
    """Show what callbacks had to say, once, above the page."""
    for kind, text in _MESSAGES.value():
        (st.error if kind == "error" else st.success)(text)
    _MESSAGES.keep([])


def acting(action: Callable[[], object]) -> None:
    """Run what a button stands for; say a text that it returns, or what a person can do."""
    try:
        said = action()
    except (CuratorError, ValueError) as error:
        _MESSAGES.keep([*_MESSAGES.value(), ("error", str(error))])
        return
    if isinstance(said, str) and said:
        _MESSAGES.keep([*_MESSAGES.value(), ("success", said)])


def chosen_part(
    title: str, parts: Mapping[str, Callable[[], None]], key: str
) -> Callable[[], None]:
    """Let one part of a page be chosen by its name, and return it; the first until then."""
    chosen = st.segmented_control(
        title,
        list(parts),
        default=next(iter(parts)),
        key=key,
        required=True,
        label_visibility="collapsed",
    )
    return parts[chosen]


def request_job(kind: str, arguments: dict[str, Any]) -> int:
    """Ask for long work in the name of whoever looks at the page; return the job's id."""
    with project().writing() as session:
        job_id = add_job(session, kind, arguments, by=person().id, now=datetime.now(UTC))
        session.commit()
    return job_id


@st.fragment(run_every="0.5s")
def job_panel(kinds: tuple[str, ...]) -> None:
    """Show the newest job of these kinds as it goes, and the page anew when it ends."""
    with project().reading() as session:
        job = newest_job(session, kinds)
    if job is None:
        return
    _announce_end(job)
    with st.container(border=True):
        _job_line(job)
        with st.expander("Log", icon=":material/article:"):
            _job_log(job.id)


def _announce_end(job: Job) -> None:
    if not job.state.is_final:
        _WATCHED.keep(job.id)
    elif _WATCHED.value() == job.id:
        _WATCHED.keep(None)
        st.rerun()


def _job_line(job: Job) -> None:
    name = f"{job.kind.capitalize()} (job {job.id})"
    if job.state is JobState.DONE:
        st.markdown(f":material/check_circle: **{name}** done {_took(job)}")
    elif job.state is JobState.FAILED:
        st.error(f"{name} failed: {job.message}", icon=":material/error:")
    elif job.state is JobState.CANCELLED:
        st.warning(f"{name} was cancelled. What it had finished is kept.")
    else:
        st.progress(_share_done(job), text=f"**{name}** {job.state}. {job.message} {_left(job)}")
        st.button(
            "Cancelling …" if job.is_cancel_requested else "Cancel",
            key=f"job.cancel.{job.id}",
            disabled=job.is_cancel_requested,
            on_click=_cancel,
            args=(job.id,),
        )


def _cancel(job_id: int) -> None:
    with project().writing() as session:
        request_cancel(session, job_id, datetime.now(UTC))
        session.commit()


def _share_done(job: Job) -> float:
    return min(job.done / job.total, 1.0) if job.total else 0.0


def _took(job: Job) -> str:
    if job.started_at is None or job.finished_at is None:
        return ""
    return f"in {_duration((job.finished_at - job.started_at).total_seconds())}"


def _left(job: Job) -> str:
    if not job.total:
        return ""
    counted = f"{job.done:,} of {job.total:,}"
    if job.started_at is None or not job.done:
        return counted
    elapsed = (datetime.now(UTC) - job.started_at).total_seconds()
    left = _duration(elapsed * (job.total - job.done) / job.done)
    return f"{counted}{_speed(job, elapsed)}, about {left} left"


def _speed(job: Job, elapsed_seconds: float) -> str:
    return f", {job.done / elapsed_seconds:.1f} images/s" if job.kind in _OF_IMAGES else ""


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _job_log(job_id: int) -> None:
    with project().reading() as session:
        lines = log_of(session, job_id)
    st.code("\n".join(f"{line.written_at:%H:%M:%S}  {line.text}" for line in lines), language=None)


_GRID = (
    "<div style='display:grid;gap:6px;"
    "grid-template-columns:repeat(auto-fill,minmax({size}px,1fr))'>{cells}</div>"
)
_CELL = (
    "<figure style='margin:0'><img loading='lazy' src='/api/views/{face_id}' alt='face {face_id}'"
    " style='width:100%;aspect-ratio:1;object-fit:cover;border-radius:6px;{frame}'>"
    "<figcaption style='font-size:12px;opacity:.8;overflow-wrap:anywhere'>{caption}</figcaption>"
    "</figure>"
)


def face_grid(
    faces: Iterable[tuple[int, str]], *, size_px: int = 96, framed: frozenset[int] = frozenset()
) -> None:
    """Show faces with captions as small pictures, loaded as they come into sight.

    Args:
        faces: Face ids with their captions, in order.
        framed: Those that stand out by a frame.
    """
    frame = "outline:3px solid var(--st-primary-color);outline-offset:-3px"
    cells = "".join(
        _CELL.format(face_id=face_id, caption=escape(text), frame=frame * (face_id in framed))
        for face_id, text in faces
    )
    st.html(_GRID.format(size=size_px, cells=cells))
