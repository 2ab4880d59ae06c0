"""The final word on faces that votes do not settle."""

from datetime import UTC, datetime
from functools import partial
from html import escape

import pandas as pd
import streamlit as st

from curator.app.common.label_choices import FLAG_CHOICES, LABEL_CHOICES
from curator.app.common.pages import link_to
from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, face_grid
from curator.app.review.review_tools import example_and_gold, send_back_to
from curator.steps.consensus.settle_labels import project_rule
from curator.steps.faces.face_pictures import face_place
from curator.steps.review.adjudicate import Reason, Vote, adjudicate, disputed_faces, votes_on
from db.labels import Expression, Flag

_SKIPPED: Remembered[frozenset[int]] = Remembered("review.skipped", frozenset())
_SAID: Remembered[tuple[tuple[int, str | None], ...]] = Remembered("review.said", ())
"""The faces that got a final word, in order, each with the word it had before."""

_REASONS = {
    Reason.UNSETTLED: "Votes that settle nothing",
    Reason.UNSURE: "Several unsure",
    Reason.CONTRADICTED: "Later votes against the final word",
}
_VOTE = (
    "<tr style='{fade}'><td style='padding:2px 14px 2px 0'><b>{verdict}</b></td>"
    "<td style='padding:2px 14px 2px 0;overflow-wrap:anywhere'>{annotator}</td>"
    "<td style='padding:2px 0;opacity:.75'>{about}</td></tr>"
)
_PHOTO = (
    "<div style='position:relative;display:inline-block;max-width:100%'>"
    "<img src='/api/images/{image_id}' alt='the whole photo' "
    "style='display:block;max-width:100%;max-height:70vh;border-radius:6px'>"
    "<div style='position:absolute;left:{left:.2%};top:{top:.2%};width:{width:.2%};"
    "height:{height:.2%};outline:3px solid var(--st-primary-color);border-radius:2px'></div></div>"
)


def show() -> None:
    """Show the most disputed face with its votes and take the final word on it."""
    st.title("Review")
    _rule()
    with project().reading() as session:
        disputed = disputed_faces(session)
    wanted = _narrowed(disputed) if len(disputed) else disputed
    waiting = wanted[~wanted["face_id"].isin(_SKIPPED.value())]
    if waiting.empty:
        _nothing_waits(len(wanted), len(disputed))
    else:
        _face(waiting.iloc[0])
        _following(waiting)
    _undo()


def _rule() -> None:
    with project().reading() as session:
        rule = project_rule(session)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Settled by {rule.min_votes} votes or more, {rule.min_share:.0%} for one label."
        )
        link_to("settings", person().role, "Change the rule")


def _narrowed(disputed: pd.DataFrame) -> pd.DataFrame:
    counts = disputed["reason"].value_counts()
    with st.container(horizontal=True, vertical_alignment="center"):
        reason = st.pills(
            "Only",
            [reason for reason in _REASONS if counts.get(reason)],
            format_func=lambda reason: f"{_REASONS[reason]} ({counts[reason]:,})",
            key="review.reason",
            label_visibility="collapsed",
        )
        ripe = st.toggle(
            "Only those no further annotator will get",
            key="review.ripe",
            help="Leaves out faces for which more annotators will be asked.",
            disabled=not disputed["wants_more"].any(),
        )
    if reason:
        disputed = disputed[disputed["reason"] == reason]
    if ripe:
        disputed = disputed[~disputed["wants_more"]]
    st.caption(f"{len(disputed):,} faces wait, the most disputed first.")
    return disputed


def _nothing_waits(wanted: int, disputed: int) -> None:
    if wanted:
        st.info(f"You have skipped {wanted:,} faces; nothing else waits.")
        st.button(
            "Show them again", key="review.again", on_click=_SKIPPED.keep, args=(frozenset(),)
        )
    elif disputed:
        st.info("Nothing of this kind waits. Choose another above.")
    else:
        st.info("Nothing waits for a final word: no face has votes that disagree.")
        link_to("label", person().role, "Label more faces")


def _face(row: pd.Series) -> None:
    face_id = int(row["face_id"])
    with project().reading() as session:
        votes = votes_on(session, face_id)
    picture, words = st.columns([2, 3])
    with picture:
        face_grid([(face_id, f"face {face_id}")], size_px=220)
        if st.toggle("The whole photo", key=f"review.photo.{face_id}"):
            _photo(face_id)
    with words:
        earlier = str(row["verdict"]) if row["is_final"] else None
        st.markdown(
            f"**{_REASONS[Reason(row['reason'])]}**"
            + (f" ({earlier})" if earlier else "")
            + _coming(bool(row["wants_more"]))
        )
        st.html(_votes_table(votes))
        _verdicts(face_id, earlier)
        with st.container(horizontal=True):
            st.button(
                "Skip", key=f"review.skip.{face_id}", shortcut="s", on_click=_skip, args=(face_id,)
            )
            send_back_to(face_id, votes)
            example_and_gold(face_id, str(row["leading"]))


def _coming(wants_more: bool) -> str:
    return " · more annotators will be asked" if wants_more else ""


def _votes_table(votes: list[Vote]) -> str:
    ordered = sorted(votes, key=lambda vote: (vote.is_sent_back, vote.verdict))
    rows = "".join(
        _VOTE.format(
            fade="opacity:.55" if vote.is_sent_back else "",
            verdict=escape(vote.verdict),
            annotator=escape(vote.annotator),
            about=f"{vote.at:%Y-%m-%d %H:%M} UTC{_remark(vote)}",
        )
        for vote in ordered
    )
    return f"<table style='font-size:14px;border-collapse:collapse'>{rows}</table>"


def _remark(vote: Vote) -> str:
    remarks = [
        "from the source" if vote.is_from_source else "",
        "after a suggestion" if vote.suggested_by else "",
        "sent back, does not count" if vote.is_sent_back else "",
    ]
    return "".join(f" · {remark}" for remark in remarks if remark)


def _verdicts(face_id: int, earlier: str | None) -> None:
    with st.container(horizontal=True):
        for choice in [*LABEL_CHOICES, *FLAG_CHOICES]:
            if choice.name != Flag.UNSURE:  # a final word is sure
                _verdict_button(face_id, str(choice.name), choice.key, earlier)


def _verdict_button(face_id: int, verdict: str, key: str, earlier: str | None) -> None:
    # The face is part of the key: a late click on a face that has gone does nothing.
    st.button(
        verdict,
        key=f"review.{face_id}.{verdict}",
        shortcut=key,
        type="primary" if verdict in set(Expression) else "secondary",
        on_click=_say,
        args=(face_id, verdict, earlier),
    )


def _photo(face_id: int) -> None:
    place = face_place(project(), face_id)
    if place is not None:
        left, top, right, bottom = place.box
        size = {"width": right - left, "height": bottom - top}
        st.html(_PHOTO.format(image_id=place.image_id, left=left, top=top, **size))


def _following(waiting: pd.DataFrame) -> None:
    following = waiting.iloc[1:25]
    if len(following):
        st.subheader("Next in line")
        face_grid(
            (int(face_id), str(leading))
            for face_id, leading in zip(following["face_id"], following["leading"], strict=True)
        )


def _say(face_id: int, verdict: str, earlier: str | None) -> None:
    acting(partial(_write, face_id, verdict))
    _SAID.keep((*_SAID.value(), (face_id, earlier)))


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
            f"Undo the last word (face {said[-1][0]})",
            key=f"review.undo.{len(said)}",
            icon=":material/undo:",
            on_click=_take_back,
        )


def _take_back() -> None:
    *before, (face_id, earlier) = _SAID.value()
    acting(partial(_write, face_id, earlier))
    _SAID.keep(tuple(before))


if __name__ == "__main__":
    show()
