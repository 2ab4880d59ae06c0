"""The subjects found by measuring faces: allowed first, then sought, looked at, forgotten."""

from datetime import UTC, datetime

import streamlit as st

from curator.app.common.issue_table import issue_table
from curator.app.common.markdown import plain
from curator.app.common.state import person, project
from curator.app.common.widgets import acting, face_grid, job_panel, request_job
from curator.core.subjects.clustering import RULES
from curator.steps.project.settings import settings
from curator.steps.subjects.consent import JOB, allow_subjects, forget_subjects
from curator.steps.subjects.embed_faces import why_missing
from curator.steps.subjects.list_subjects import (
    SUBJECTS_A_PAGE,
    ListedSubject,
    SubjectCounts,
    count_subjects,
    list_subjects,
)
from db.jobs.queue import newest_job

_WHAT_IT_DOES = """\
Where sources do not tell who is shown, faces can: a net turns each face into 128 numbers, which
are near to each other for photos of one person. Nobody is named; faces are only grouped.

**These numbers are biometric data.** Laws protect them more than photos (in the EU, Article 9 of
the GDPR), and you answer for the right to make them, as by the consent of those shown.

- They lie on this server alone, in a file apart (`biometrics.sqlite` in the project folder), and
  are in no snapshot and no export.
- *Forget all of it* deletes them, with all that was found, and switches this off.
- The net errs, and not alike for all people. Look at what it found.
"""


def found_part() -> None:
    """Show what was found and the way to it, or ask whether it is allowed."""
    with project().reading() as session:
        is_allowed = bool(settings(session).finds_subjects)
        counts = count_subjects(project(), session)
    if (missing := why_missing()) is not None:
        st.info(plain(missing))
    if is_allowed:
        _search(counts, is_missing=missing is not None)
    else:
        _ask(is_missing=missing is not None)
    if not is_allowed and (counts.embeddings or counts.subjects):
        st.warning("It is switched off, but what was measured is still kept.")
        _forget(counts)
    job_panel((JOB,))
    _not_measured()
    if counts.subjects:
        _found(counts)


def _ask(*, is_missing: bool) -> None:
    with st.container(border=True):
        st.markdown(_WHAT_IT_DOES)
        may = st.checkbox(
            "I may make biometric data of the faces in this project",
            key="subjects.may",
            disabled=is_missing,
        )
        st.button(
            "Switch it on",
            key="subjects.allow",
            type="primary",
            disabled=is_missing or not may,
            on_click=acting,
            args=(_allow,),
        )


def _allow() -> None:
    with project().writing() as session:
        allow_subjects(session, person().id, datetime.now(UTC))
        session.commit()


def _search(counts: SubjectCounts, *, is_missing: bool) -> None:
    with st.container(border=True):
        st.markdown(
            f"**{counts.embeddings:,}** of {counts.faces:,} faces are measured: biometric data, "
            "which lies apart and is in no snapshot and no export."
        )
        rule = st.segmented_control(
            "How sure it is to be",
            list(RULES),
            default="usual",
            format_func=str.capitalize,
            key="subjects.rule",
            required=True,
            help="The usual rule rather ties two strangers than leaves a person in two splits; "
            "the strict one does the reverse and fits many faces of whom nobody tells who they "
            "show. Faces are measured once; to group them anew takes seconds.",
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Find subjects",
                key="subjects.find",
                type="primary",
                icon=":material/person_search:",
                disabled=is_missing or not counts.faces,
                on_click=acting,
                args=(lambda: request_job(JOB, {"rule": rule}),),
            )
            _forget(counts)


def _forget(counts: SubjectCounts) -> None:
    with st.popover("Forget all of it", icon=":material/delete:"):
        st.markdown(
            f"This deletes what was measured of {counts.embeddings:,} faces and the "
            f"{counts.subjects:,} subjects found, and switches this off. Snapshots that are "
            "frozen stay as they are. It cannot be undone, only be done anew."
        )
        st.button(
            "Delete it and switch off", key="subjects.forget", on_click=acting, args=(_forgotten,)
        )


def _forgotten() -> str:
    with project().writing() as session:
        forgotten = forget_subjects(project(), session, person().id, datetime.now(UTC))
        session.commit()
    return f"What was measured of {forgotten.embeddings:,} faces is deleted."


def _not_measured() -> None:
    with project().reading() as session:
        job = newest_job(session, (JOB,))
    issues = job.result["issues"] if job is not None and job.result else []
    if issues:
        faces = f"{len(issues):,} face{'s' * (len(issues) > 1)}"
        with st.expander(f"{faces} could not be measured", icon=":material/report:"):
            issue_table(issues)


def _found(counts: SubjectCounts) -> None:
    st.markdown(
        f"**{counts.subjects:,}** subject{'s' * (counts.subjects > 1)} found in "
        f"**{counts.tied:,}** of "
        f"{counts.faces:,} faces. Those with most faces come first; below each face stands the "
        "subject that its source tells."
    )
    pages = -(-counts.subjects // SUBJECTS_A_PAGE)
    page = (st.pagination(pages, key="subjects.page") or 1) if pages > 1 else 1
    with project().reading() as session:
        subjects = list_subjects(session, page)
    for subject in subjects:
        with st.container(border=True):
            _subject(subject)


def _subject(subject: ListedSubject) -> None:
    told = [f"{plain(name)} {count:,}" for name, count in subject.told.items()]
    untold = subject.size - sum(subject.told.values())
    told += [f"not told {untold:,}"] * bool(untold)
    st.markdown(f"**{subject.name}** · {subject.size:,} faces: {', '.join(told)}")
    face_grid(((face.face_id, face.told or "not told") for face in subject.faces), size_px=76)
    if subject.size > len(subject.faces):
        st.caption(f"and {subject.size - len(subject.faces):,} more")
