"""Faces kept for each label, such as examples and gold faces, with a way to change them."""

from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from curator.app.common.widgets import acting, face_grid
from db.labels import Expression


def faces_by_label(
    name: str,
    known: Mapping[Expression, list[int]],
    add: Callable[[int, Expression], str],
    remove: Callable[[int], str],
) -> None:
    """Show the faces of each label, and let one be added or removed by its number.

    Args:
        name: Of the kind of faces; part of the keys.
        known: The faces of each label.
        add: Adds a face to a label and says so.
        remove: Removes a face and says so.
    """
    if not any(known.values()):
        st.info("None yet. Let the app choose, add some by number, or take them from the review.")
    for label, faces in known.items():
        if faces:
            st.markdown(f"**{label}** · {len(faces)}")
            face_grid(((face_id, f"face {face_id}") for face_id in faces), size_px=84)
    with st.expander("By the number of a face", icon=":material/edit:"):
        _adding(name, add)
        _removing(name, known, remove)


def _adding(name: str, add: Callable[[int, Expression], str]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        face_id = st.number_input("Face", 1, step=1, key=f"settings.{name}.face")
        label = st.selectbox("Label", [*map(str, Expression)], 0, key=f"settings.{name}.label")
        st.button(
            "Add",
            key=f"settings.{name}.add",
            on_click=acting,
            args=(partial(add, int(face_id), Expression(str(label))),),
        )


def _removing(
    name: str, known: Mapping[Expression, list[int]], remove: Callable[[int], str]
) -> None:
    labels = {face_id: label for label, faces in known.items() for face_id in faces}
    if not labels:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        face_id = st.selectbox(
            "Face to remove",
            list(labels),
            format_func=lambda face_id: f"face {face_id}, {labels[face_id]}",
            key=f"settings.{name}.gone",
        )
        st.button(
            "Remove",
            key=f"settings.{name}.remove",
            on_click=acting,
            args=(partial(remove, int(face_id)),),
        )
