"""What a reviewer can do with a face beside the final word: send back, example, gold."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting
from curator.app.labelling.gold_settings import made_gold
from curator.app.labelling.guide_settings import shown_as_example
from curator.steps.review.adjudicate import Vote
from curator.steps.review.send_back import LONGEST_NOTE, send_back
from db.labels import Expression

EVERYBODY = "everybody"


def send_back_to(face_id: int, votes: list[Vote]) -> None:
    """Let a reviewer send annotations of a face back, with a note."""
    choices = _choices(votes)
    with st.popover("Send back", icon=":material/reply:", disabled=not choices):
        st.caption("The label no longer counts; its annotator gets the face again.")
        to = st.selectbox("To", list(choices), key=f"review.to.{face_id}")
        st.text_area("Note", max_chars=LONGEST_NOTE, height=80, key=f"review.note.{face_id}")
        st.button(
            "Send back",
            key=f"review.send.{face_id}",
            type="primary",
            on_click=_send_back,
            args=(face_id, choices.get(str(to), [])),
        )


def _choices(votes: list[Vote]) -> dict[str, list[int]]:
    """Name whom annotations can be sent back to: everybody, those who said X, one person."""
    askable = [vote for vote in votes if not vote.is_from_source and not vote.is_sent_back]
    if not askable:
        return {}
    verdicts = sorted({vote.verdict for vote in askable})
    return {
        EVERYBODY: [vote.annotation_id for vote in askable],
        **{
            f"whoever said {verdict}": [
                vote.annotation_id for vote in askable if vote.verdict == verdict
            ]
            for verdict in verdicts
        },
        **{f"{vote.annotator}, who said {vote.verdict}": [vote.annotation_id] for vote in askable},
    }


def _send_back(face_id: int, annotation_ids: list[int]) -> None:
    note = Remembered(f"review.note.{face_id}", "").value()
    acting(partial(_sent_back, annotation_ids, note))


def _sent_back(annotation_ids: list[int], note: str) -> str:
    with project().writing() as session:
        count = send_back(session, annotation_ids, note, person().id, datetime.now(UTC))
        session.commit()
    return f"Sent back: {count}."


def example_and_gold(face_id: int, leading: str) -> None:
    """Let a reviewer make a face an example or a gold face of a label."""
    labels = [str(label) for label in Expression]
    place = labels.index(leading) if leading in labels else 0
    with st.popover("Example or gold", icon=":material/star:"):
        label = st.selectbox("Label", labels, place, key=f"review.known.{face_id}")
        st.button(
            "Show as an example",
            key=f"review.example.{face_id}",
            help="Annotators see it beside the label.",
            on_click=_make_example,
            args=(face_id, label),
        )
        st.button(
            "Make it gold",
            key=f"review.gold.{face_id}",
            help="The label becomes the final word, and the face measures annotators.",
            on_click=_make_gold,
            args=(face_id, label),
        )


def _make_example(face_id: int, label: str) -> None:
    acting(partial(shown_as_example, face_id, Expression(label)))


def _make_gold(face_id: int, label: str) -> None:
    acting(partial(made_gold, face_id, Expression(label)))
