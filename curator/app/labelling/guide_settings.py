"""The guideline and the example faces, as their owner edits them."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, face_grid
from curator.app.labelling.faces_by_label import faces_by_label
from curator.steps.labelling.guideline import (
    LONGEST_GUIDELINE,
    MOST_EXAMPLES,
    GuidelineVersion,
    examples,
    guideline_versions,
    proposed_examples,
    remove_example,
    set_example,
    store_guideline,
)
from db.labels import Expression

_PROPOSES: Remembered[bool] = Remembered("settings.proposes", initial=False)

_FIRST_GUIDELINE = """\
## How to label

Say what the face shows, not what the person may feel.

- **Angry**: brows down, lips tight
- **Disgust**: nose wrinkled, upper lip raised
- **Fear**: brows up and together
- **Surprise**: brows up, jaw dropped

Between two labels, take the stronger one. If neither is, press *unsure*.
"""


def guideline_tab() -> None:
    """Let the owner edit the guideline, and show its versions."""
    with project().reading() as session:
        versions = guideline_versions(session)
    newest = versions[0] if versions else None
    st.caption(
        f"Version {newest.number} of {newest.stored_at:%Y-%m-%d %H:%M} UTC by {newest.by}."
        if newest
        else "There is no guideline yet. Annotators see it beside the faces; here is a beginning."
    )
    write, read = st.columns(2, gap="large")
    with write:
        text = st.text_area(
            "Guideline (Markdown)",
            newest.text if newest else _FIRST_GUIDELINE,
            height=360,
            max_chars=LONGEST_GUIDELINE,
            key=f"settings.guideline.{newest.id if newest else 0}",
        )
        st.button(
            "Store as a new version",
            key="settings.guideline.store",
            type="primary",
            disabled=newest is not None and text.strip() == newest.text,
            on_click=_store,
            args=(text,),
        )
    with read:
        st.caption("Preview")
        with st.container(border=True):
            st.markdown(text)
    _versions(versions)


def _store(text: str) -> None:
    acting(partial(_stored, text))


def _stored(text: str) -> str:
    with project().writing() as session:
        store_guideline(session, text, person().id, datetime.now(UTC))
        session.commit()
    return "The guideline has a new version. Annotators get it with their next faces."


def _versions(versions: list[GuidelineVersion]) -> None:
    if len(versions) > 1:
        st.subheader("Versions")
    for version in versions[1:]:
        name = f"Version {version.number}, {version.stored_at:%Y-%m-%d %H:%M} UTC, {version.by}"
        with st.expander(name):
            st.markdown(version.text)


def examples_tab() -> None:
    """Show the examples of each label, and let the owner choose them."""
    with project().reading() as session:
        known = examples(session)
    st.caption(f"Annotators see these beside each label, at most {MOST_EXAMPLES} of each.")
    faces_by_label("example", known, shown_as_example, _remove)
    if _PROPOSES.value():
        _proposal()
    else:
        st.button(
            "Propose examples",
            key="settings.propose",
            icon=":material/auto_awesome:",
            on_click=_PROPOSES.keep,
            args=(True,),
        )


def _proposal() -> None:
    with project().reading() as session:
        proposed = proposed_examples(session)
    faces = [(face_id, str(label)) for label, ids in proposed.items() for face_id in ids]
    st.subheader("Proposed")
    if faces:
        face_grid(faces)
        st.button(
            f"Use these {len(faces)}",
            key="settings.propose.use",
            type="primary",
            on_click=_use,
            args=(proposed,),
        )
    else:
        st.info("No face qualifies: two or more must have said the same blind, and nobody else.")
    st.button("Not now", key="settings.propose.not", on_click=_PROPOSES.keep, args=(False,))


def _use(proposed: dict[Expression, list[int]]) -> None:
    acting(partial(_used, proposed))
    _PROPOSES.keep(value=False)


def _used(proposed: dict[Expression, list[int]]) -> str:
    now, by = datetime.now(UTC), person().id
    with project().writing() as session:
        for label, faces in proposed.items():
            for face_id in faces:
                set_example(session, face_id, label, by, now)
        session.commit()
    return "The proposed faces are examples now."


def shown_as_example(face_id: int, label: Expression) -> str:
    """Make a face an example, in the name of whoever looks at the page, and say so."""
    with project().writing() as session:
        set_example(session, face_id, label, person().id, datetime.now(UTC))
        session.commit()
    return f"Face {face_id} is an example of {label}."


def _remove(face_id: int) -> str:
    with project().writing() as session:
        remove_example(session, face_id, person().id, datetime.now(UTC))
        session.commit()
    return f"Face {face_id} is no example any more."
