"""The final word on faces that votes do not settle."""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from curator.app.labeller import FLAGS, LABELS
from curator.app.pages import link_to
from curator.app.state import Remembered, person, project
from curator.app.widgets import acting, face_grid
from curator.core.consensus import VERDICTS, ConsensusRule
from curator.steps.adjudicate import adjudicate, unsettled_faces
from curator.steps.settle_labels import choose_rule, project_rule
from db.labels import Expression, Flag

_SKIPPED: Remembered[frozenset[int]] = Remembered("review.skipped", frozenset())
_SAID: Remembered[tuple[int, ...]] = Remembered("review.said", ())


def show() -> None:
    """Show the most disputed face with its votes and take the final word on it."""
    st.title("Review")
    _rule()
    with project().reading() as session:
        disputed = unsettled_faces(session)
    waiting = disputed[~disputed["face_id"].isin(_SKIPPED.value())]
    st.caption(f"{len(disputed):,} faces have votes that settle nothing; most disputed first.")
    if waiting.empty:
        _nothing_waits(len(disputed))
    else:
        _face(waiting.iloc[0])
        st.subheader("After it")
        face_grid((int(i), str(leading)) for i, leading in _others(waiting))
    _undo()


def _others(waiting: pd.DataFrame) -> list[tuple[int, str]]:
    following = waiting.iloc[1:25]
    return list(zip(following["face_id"], following["leading"], strict=True))


def _rule() -> None:
    with project().reading() as session:
        rule = project_rule(session)
    with (
        st.expander(
            f"Settled by {rule.min_votes} votes or more, {rule.min_share:.0%} of them alike",
            icon=":material/tune:",
        ),
        st.form("review.rule", border=False),
    ):
        votes = st.number_input("Fewest votes", 1, 20, rule.min_votes, key="review.votes")
        share = st.number_input(
            "Smallest share for one label", 0.51, 1.0, rule.min_share, 0.01, key="review.share"
        )
        if st.form_submit_button("Use this rule"):
            acting(lambda: _choose(int(votes), float(share)))
            st.rerun()


def _choose(min_votes: int, min_share: float) -> str:
    with project().writing() as session:
        choose_rule(session, ConsensusRule(min_votes, min_share))
        session.commit()
    return "Labels are settled by the new rule from now on."


def _nothing_waits(skipped: int) -> None:
    if skipped:
        st.info(f"You have skipped {skipped:,} faces; nothing else waits.")
        st.button(
            "Show them again", key="review.again", on_click=_SKIPPED.keep, args=(frozenset(),)
        )
        return
    st.info("Nothing waits for a final word: no face has votes that disagree.")
    link_to("label", person().role, "Label more faces")


def _face(row: pd.Series) -> None:
    face_id = int(row["face_id"])
    picture, votes = st.columns([2, 3])
    with picture:
        face_grid([(face_id, f"face {face_id}")], size_px=220)
    with votes:
        st.markdown(" · ".join(f"**{row[v]:.0f}** {v}" for v in VERDICTS if row[v]))
        with st.container(horizontal=True):
            for choice in [*LABELS, *FLAGS]:
                if choice.name != Flag.UNSURE:  # a final word is sure
                    _verdict_button(face_id, str(choice.name), choice.key)
        st.button(
            "Skip", key=f"review.skip.{face_id}", shortcut="s", on_click=_skip, args=(face_id,)
        )


def _verdict_button(face_id: int, verdict: str, key: str) -> None:
    # The face is part of the key: a late click on a face that has gone does nothing.
    st.button(
        verdict,
        key=f"review.{face_id}.{verdict}",
        shortcut=key,
        type="primary" if verdict in set(Expression) else "secondary",
        on_click=_say,
        args=(face_id, verdict),
    )


def _say(face_id: int, verdict: str) -> None:
    _write(face_id, verdict)
    _SAID.keep((*_SAID.value(), face_id))


def _write(face_id: int, verdict: str | None) -> None:
    with project().writing() as session:
        adjudicate(session, face_id, verdict, by=person().id, now=datetime.now(UTC))
        session.commit()


def _skip(face_id: int) -> None:
    _SKIPPED.keep(_SKIPPED.value() | {face_id})


def _undo() -> None:
    said = _SAID.value()
    if said:
        st.button(
            f"Undo the last word (face {said[-1]})",
            key=f"review.undo.{len(said)}",
            icon=":material/undo:",
            on_click=_take_back,
        )


def _take_back() -> None:
    *earlier, face_id = _SAID.value()
    _write(face_id, None)
    _SAID.keep(tuple(earlier))


if __name__ == "__main__":
    show()
