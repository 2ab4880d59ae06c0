"""The gold faces, as their owner chooses them."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from curator.app.common.state import person, project
from curator.app.common.widgets import acting
from curator.app.labelling.faces_by_label import faces_by_label
from curator.steps.labelling.choose_gold import (
    FEWEST_BLIND_VOTES,
    choose_gold,
    gold_faces,
    make_gold,
    remove_gold,
)
from db.labels import Expression


def gold_tab() -> None:
    """Show the gold faces of each label, and let the owner choose them."""
    with project().reading() as session:
        known = gold_faces(session)
    st.caption(
        "Faces whose label is sure. They come up among the others, nobody sees which they are, "
        "and what annotators say of them measures the annotators alone."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        per_pair = st.number_input(
            "Gold faces for each pair of labels", 2, 100, 10, 2, key="settings.gold", width=260
        )
        st.button(
            "Choose gold faces",
            key="settings.gold.choose",
            icon=":material/auto_awesome:",
            on_click=_choose,
            args=(int(per_pair),),
            help="Half of either label, for the pairs that annotators confuse most. Chosen are "
            f"faces with a final word, or {FEWEST_BLIND_VOTES} annotations alike.",
        )
    faces_by_label("gold", known, made_gold, _remove)


def _choose(per_pair: int) -> None:
    acting(partial(_chosen, per_pair))


def _chosen(per_pair: int) -> str:
    with project().writing() as session:
        choice = choose_gold(session, per_pair, person().id, datetime.now(UTC))
        session.commit()
    pairs = ", ".join(f"{first}/{second} {n}" for (first, second), n in choice.found.items())
    return f"{len(choice.labels)} gold faces added: {pairs}."


def made_gold(face_id: int, label: Expression) -> str:
    """Make a face gold, in the name of whoever looks at the page, and say so."""
    with project().writing() as session:
        make_gold(session, face_id, label, person().id, datetime.now(UTC))
        session.commit()
    return f"Face {face_id} is gold: {label}."


def _remove(face_id: int) -> str:
    with project().writing() as session:
        remove_gold(session, face_id, person().id, datetime.now(UTC))
        session.commit()
    return f"Face {face_id} is gold no more. The final word on it stays."
