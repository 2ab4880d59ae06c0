"""Take photos in, and look at the faces found."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from curator.app.pages import link_to
from curator.app.state import person, project
from curator.app.widgets import acting, ask_for, face_grid, job_panel
from curator.core.detector import DETECTORS
from curator.errors import CuratorError
from curator.steps.choose_detector import default_detector_name
from curator.steps.image_files import IMAGE_SUFFIXES
from curator.steps.list_sources import newest_faces, source_table
from curator.steps.uploads import Upload, keep_uploads
from db.job_queue import newest_job

_SHOWN_FACES = 60
_SHOWN_ISSUES = 200


def show() -> None:
    """Take photos in and show what came of it."""
    st.title("Import")
    _form()
    job_panel(("import", "detect"))
    _issues()
    _sources()


def _form() -> None:
    with st.form("import.form"):
        photos = st.file_uploader(
            "A zip, or photos",
            ["zip", *(suffix.removeprefix(".") for suffix in sorted(IMAGE_SUFFIXES))],
            accept_multiple_files=True,
            key="import.photos",
        )
        left, right = st.columns(2)
        source = left.text_input("Name of the source", key="import.source", max_chars=60)
        terms = right.text_input("Licence or terms of use", key="import.terms")
        with st.expander("Labels, subjects, detector"):
            more = _more()
        if st.form_submit_button("Import", type="primary", icon=":material/upload:"):
            acting(lambda: _import(photos, {"source": source, "terms": terms, **more}))
            st.rerun()


def _more() -> dict[str, Any]:
    legends = st.file_uploader(
        "Legends: CSV with the columns image, label and, if you like, annotator and subject",
        ["csv"],
        accept_multiple_files=True,
        key="import.legends",
    )
    pattern = st.text_input(
        "Subject pattern",
        key="import.pattern",
        placeholder=r"^(.+?)_\d{4}$",
        help="A regular expression on the file name without its suffix; group 1 is the subject.",
    )
    names = list(DETECTORS)
    detector = st.selectbox(
        "Face detector", names, names.index(default_detector_name()), key="import.detector"
    )
    return {"legends": legends, "subject_pattern": pattern, "detector": detector}


def _import(photos: Sequence[Upload], asked: dict[str, Any]) -> None:
    if not asked["source"].strip():
        raise CuratorError("Give the source a name: every image keeps where it came from.")
    origin, legends = keep_uploads(project(), photos, asked["legends"])
    ask_for("import", {**asked, "origin": origin, "legends": legends})


def _issues() -> None:
    with project().reading() as session:
        job = newest_job(session, ("import",))
    if job is None or not job.result:
        return
    imported, found = job.result["import"], job.result["detect"]
    st.markdown(
        f"**{imported['imported']:,}** images came in, **{imported['known']:,}** were there "
        f"already; **{found['faces']:,}** faces found in them, "
        f"**{found['without_face']:,}** images show none."
    )
    issues = [*imported["issues"], *found["issues"]]
    if issues:
        with st.expander(f"{len(issues):,} files and rows were left out, each with its reason"):
            st.dataframe(issues[:_SHOWN_ISSUES], hide_index=True, width="stretch")


def _sources() -> None:
    with project().reading() as session:
        sources, faces = source_table(session), newest_faces(session, _SHOWN_FACES)
    if sources.empty:
        st.info("Nothing has come in yet. Start with a zip of photos.")
        return
    st.subheader("Sources")
    st.dataframe(sources, hide_index=True, width="stretch")
    if faces:
        st.subheader("Faces found last")
        face_grid(faces)
        link_to("label", person().role, "Label them")


if __name__ == "__main__":
    show()
