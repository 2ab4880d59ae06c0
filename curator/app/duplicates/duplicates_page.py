"""Faces that show the same picture, group by group, decided by keyboard."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, job_panel
from curator.app.duplicates.duplicates_component import ShownGroups, sent, show_groups
from curator.app.duplicates.duplicates_request import DecisionRequest, carry_out, decision_requests
from curator.app.duplicates.duplicates_search import newer_faces, search, search_again
from curator.steps.duplicates.decide_duplicates import last_acts
from curator.steps.duplicates.list_duplicates import (
    GroupIndex,
    Only,
    duplicate_groups,
    group_index,
    group_of,
)
from db.jobs.queue import newest_job
from db.tables.jobs import JobState

_BEHIND, _IN_HAND = 6, 40
_JOBS = ("duplicates",)

_AT: Remembered[int] = Remembered("duplicates.at", 0)
"""The place of the group in focus among those that are looked at."""
_SOUGHT: Remembered[int | None] = Remembered("duplicates.sought", None)
"""A face whose group is to come into focus, since a decision on it was undone."""
_HANDLED: Remembered[tuple[str, ...]] = Remembered("duplicates.handled", ())
_ANSWERED: Remembered[int] = Remembered("duplicates.answered", 0)
"""The browser's last message: what it asked for, and its number."""

_TITLES = {
    Only.UNDECIDED: "Undecided",
    Only.CONFLICTS: "Different labels",
    Only.EXACT: "Same pixels",
    Only.NEAR: "Look the same",
    Only.MIRRORED: "Mirrored",
    Only.FRAMES: "Next frames",
}
_STYLE = """<style>
.stMainBlockContainer { padding-top: 1.5rem; padding-bottom: 1rem }
@media (max-width: 768px) {
  .stMainBlockContainer { padding: 3.5rem 1rem 0 }
  .st-key-duplicates-only [role=radiogroup] { flex-wrap: nowrap; overflow-x: auto }
  .st-key-duplicates-only button { flex: none }
}
</style>"""


def show() -> None:
    """Let a person search for duplicates and decide on what was found."""
    st.html(_STYLE)
    visitor = person()
    with project().reading() as session:
        index = group_index(session)
        acts = last_acts(session, visitor.id)
    if len(index.table) or acts:
        _found(index, acts)
    else:
        _nothing_found()


def _nothing_found() -> None:
    st.title("Duplicates")
    search()
    job_panel(_JOBS)
    st.info("No duplicates are known. Search once the photos are in.")
    link_to("import", person().role, "Import photos")


def _found(index: GroupIndex, acts: list[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Duplicates")
        newer_faces()
        search_again()
    # What is done with stands below the faces, where it takes no room from them.
    with project().reading() as session:
        job = newest_job(session, _JOBS)
    is_running = job is not None and job.state is not JobState.DONE
    if is_running:
        job_panel(_JOBS)
    _groups(index, acts)
    if not is_running:
        job_panel(_JOBS)


def _groups(index: GroupIndex, acts: list[str]) -> None:
    only = _only(index.counts())
    keepers = index.keepers(only)
    at = _place(keepers)
    start = max(at - _BEHIND, 0)
    with project().reading() as session:
        groups = duplicate_groups(session, keepers[start : at + _IN_HAND])
    shown = ShownGroups(
        only=only,
        start=start,
        total=len(keepers),
        focus=at - start,
        groups=groups,
        acts=acts,
        handled=_HANDLED.value(),
        answered=_ANSWERED.value(),
    )
    show_groups(person().key, shown, _received)


def _only(counts: dict[Only, int]) -> Only:
    chosen = st.pills(
        "Only",
        [only for only in _TITLES if counts[only] or only is Only.UNDECIDED],
        default=Only.UNDECIDED,
        format_func=lambda only: f"{_TITLES[only]} ({counts[only]:,})",
        key="duplicates.only",
        label_visibility="collapsed",
        on_change=_AT.keep,
        args=(0,),
    )
    return chosen or Only.ALL


def _place(keepers: list[int]) -> int:
    sought = _SOUGHT.value()
    if sought is not None:
        _SOUGHT.keep(None)
        with project().reading() as session:
            keeper_id = group_of(session, sought)
        if keeper_id in keepers:
            _AT.keep(keepers.index(keeper_id))
    return min(_AT.value(), len(keepers))


def _received() -> None:
    """Do what the browser asks for that was not done yet."""
    asked = sent()
    handled = _HANDLED.value()
    for wish in decision_requests(asked):
        if wish.name not in handled:
            acting(partial(_grant, wish))
    _HANDLED.keep(tuple(wish.name for wish in decision_requests(asked)))
    _AT.keep(max(int(asked["at"]), 0))
    _ANSWERED.keep(int(asked["number"]))


def _grant(wish: DecisionRequest) -> None:
    by = person().id
    with project().writing() as session:
        undone = carry_out(session, wish, by, datetime.now(UTC))
        session.commit()
    if undone:
        _SOUGHT.keep(undone[0])


if __name__ == "__main__":
    show()
