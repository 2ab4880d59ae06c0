"""Who is shown: what sources tell, and, where an owner allows it, what faces tell."""

import streamlit as st

from curator.app.common.widgets import chosen_part
from curator.app.subjects.subjects_found import found_part
from curator.app.subjects.subjects_stated import stated_part


def show() -> None:
    """Show what sources tell of who is shown, or what was found."""
    st.title("Subjects")
    st.caption(
        "The same person in training and test is a leak: a model may know the face and not the "
        "expression. Faces of one subject stay together in one split."
    )
    parts = {"Told by sources": stated_part, "Found by faces": found_part}
    chosen_part("Part", parts, "subjects.part")()


if __name__ == "__main__":
    show()
