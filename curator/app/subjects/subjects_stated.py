"""The subjects that sources tell, and a pattern that reads them off the names of images."""

from datetime import UTC, datetime
from functools import partial

import pandas as pd
import streamlit as st

from curator.app.common.markdown import plain
from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting
from curator.errors import CuratorError
from curator.steps.subjects.list_subjects import stated_subjects
from curator.steps.subjects.name_subjects import NamedSubjects, name_subjects, read_subjects
from db.jobs.progress import committing, finished

_ROWS = 200
_TRIED: Remembered[tuple[int, str] | None] = Remembered("subjects.tried", None)
"""The source and the pattern whose outcome is shown."""


def stated_part() -> None:
    """Show what each source tells of who is shown, and let the owner read it off names."""
    with project().reading() as session:
        told = stated_subjects(session)
    if told.empty:
        st.info("No photos have come in yet, so nobody is shown.")
        link_to("import", person().role, "Import photos")
        return
    shown = told.drop(columns="source_id").rename(columns={"told": "faces told"})
    st.dataframe(shown, hide_index=True, width="stretch")
    st.subheader("Read subjects off the names of images")
    _pattern(told)
    if (tried := _TRIED.value()) is not None:
        _outcome(*tried)


def _pattern(told: pd.DataFrame) -> None:
    sources = dict(zip(told["source_id"].tolist(), told["source"].tolist(), strict=True))
    with st.form("subjects.pattern"):
        left, right = st.columns([2, 3])
        source_id = left.selectbox(
            "Source", list(sources), format_func=sources.__getitem__, key="subjects.source"
        )
        pattern = right.text_input(
            "Subject pattern",
            key="subjects.pattern_text",
            placeholder=r"^(.+?)_\d+$",
            help="A regular expression on the file name without its suffix; group 1 is the "
            r"subject. `^(.+?)_\d+$` reads `Ann_Lee` off `Ann_Lee_0003.jpg`.",
        )
        if st.form_submit_button("Try it", icon=":material/visibility:"):
            _TRIED.keep((source_id, pattern) if pattern else None)


def _outcome(source_id: int, pattern: str) -> None:
    try:
        with project().reading() as session:
            read = read_subjects(session, source_id, pattern)
    except CuratorError as error:
        st.error(str(error))
        return
    st.markdown(_in_words(read))
    if read.changed:
        st.button(
            f"Name the subjects of {len(read.changed):,} images",
            key="subjects.name",
            type="primary",
            on_click=_name,
            args=(source_id, pattern),
        )
    _tables(read)


def _in_words(read: NamedSubjects) -> str:
    images = len(read.named) + len(read.silent)
    replaced = sum(image.before is not None for image in read.changed)
    words = [
        f"In **{plain(read.source)}** the names of **{len(read.named):,}** of {images:,} images "
        f"tell **{len(read.subjects):,}** subjects."
    ]
    if read.silent:
        words.append("The others stay as they are.")
    if replaced:
        words.append(f"**{replaced:,}** images have another subject now, which is replaced.")
    elif read.named and not read.changed:
        words.append("All of these images have them already.")
    return " ".join(words)


def _tables(read: NamedSubjects) -> None:
    subjects = pd.DataFrame({"subject": read.subjects.keys(), "images": read.subjects.values()})
    images = [
        (image.name, image.before or "", image.subject)
        for image in (read.changed or read.named)[:_ROWS]
    ]
    left, right = st.columns([2, 3])
    left.dataframe(subjects.head(_ROWS), hide_index=True, height=220)
    right.dataframe(
        pd.DataFrame(images, columns=["image", "now", "then"]), hide_index=True, height=220
    )
    if read.silent:
        with st.expander(f"{len(read.silent):,} names tell no subject"):
            st.dataframe(pd.DataFrame({"image": read.silent[:_ROWS]}), hide_index=True, height=220)


def _name(source_id: int, pattern: str) -> None:
    acting(partial(_named, source_id, pattern))
    _TRIED.keep(None)


def _named(source_id: int, pattern: str) -> str:
    with project().writing() as session:
        steps = name_subjects(session, source_id, pattern, by=person().id, now=datetime.now(UTC))
        count = finished(committing(session, steps))
    return f"{count:,} images have a subject off their names now."
