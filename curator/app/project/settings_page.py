"""The choices of the project: what the owner decides, in plain words with what it costs."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from curator.app.common.pages import link_to
from curator.app.common.state import person, project
from curator.app.common.widgets import acting
from curator.app.labelling.gold_settings import gold_tab
from curator.app.labelling.guide_settings import examples_tab, guideline_tab
from curator.core.labelling.votes_needed import VotesNeededRule
from curator.steps.project.settings import (
    LEAST_GOLD_SHARE,
    MEASURED_COSTS,
    MOST_GOLD_SHARE,
    MOST_HIDDEN_SHARE,
    change_settings,
    project_settings,
    votes_needed_in_words,
)
from db.labels import ConsensusMethod
from db.tables.settings import Order

Name = TypeVar("Name", bound=str)

_METHODS = {
    ConsensusMethod.MAJORITY: "Majority: each vote counts alike",
    ConsensusMethod.WEIGHTED: "Weighted: votes of annotators who agree with others count more",
    ConsensusMethod.DAWID_SKENE: "Dawid and Skene: what each annotator confuses is estimated",
}
_ORDERS = {
    Order.RANDOM: "By chance, another order for each annotator",
    Order.NEED: "What is needed most first, then by chance",
}


def show() -> None:
    """Show the choices of the project, and let the owner change them."""
    st.title("Settings")
    choices, guideline, examples, gold = st.tabs(["Choices", "Guideline", "Examples", "Gold faces"])
    with choices:
        _choices()
    with guideline:
        guideline_tab()
    with examples:
        examples_tab()
    with gold:
        gold_tab()


def _choices() -> None:
    with project().reading() as session:
        stored = project_settings(session)
    left, right = st.columns(2, gap="large")
    with left:
        wanted = _overlap(stored) | _labels(stored)
    with right:
        wanted |= _handing_out(stored) | _questions(stored) | _verify(stored)
    st.button(
        "Save",
        key="settings.save",
        type="primary",
        disabled=wanted.items() <= stored.items(),
        on_click=_save,
        args=(wanted,),
    )
    link_to("history", person().role, "See who changed what")


def _key(stored: Mapping[str, Any], name: str) -> str:
    # With the value in it, what somebody else changes meanwhile is not overwritten unseen.
    return f"settings.{name}.{stored[name]}"


def _overlap(stored: Mapping[str, Any]) -> dict[str, Any]:
    st.subheader("How many annotators see a face")
    adaptive = st.radio(
        "How many annotators",
        [True, False],
        index=0 if stored["lead_by"] else 1,
        format_func=lambda is_adaptive: (
            "Few where they agree, more where they do not" if is_adaptive else "A fixed number"
        ),
        key=_key(stored, "lead_by"),
        label_visibility="collapsed",
    )
    if adaptive:
        wanted = _adaptive(stored)
    else:
        votes = int(
            st.number_input(
                "For each face", 1, 20, stored["first_votes"], key=_key(stored, "first_votes")
            )
        )
        wanted = {"first_votes": votes, "lead_by": 0, "most_votes": votes}
    st.caption(votes_needed_in_words(VotesNeededRule(**wanted)))
    with st.expander("What it costs", icon=":material/savings:"):
        _costs()
    return wanted


def _adaptive(stored: Mapping[str, Any]) -> dict[str, Any]:
    first, lead, most = st.columns(3, vertical_alignment="bottom")
    wanted = {
        "first_votes": int(
            first.number_input(
                "At first", 1, 20, stored["first_votes"], key=_key(stored, "first_votes")
            )
        ),
        "lead_by": int(
            lead.number_input(
                "Until one leads by",
                1,
                20,
                stored["lead_by"] or 2,
                key=f"{_key(stored, 'lead_by')}.votes",
            )
        ),
    }
    least = wanted["first_votes"]
    wanted["most_votes"] = int(
        most.number_input(
            "At most",
            least,
            50,
            max(stored["most_votes"], least),
            key=f"{_key(stored, 'most_votes')}.{least}",
        )
    )
    return wanted


def _costs() -> None:
    rows = "\n".join(
        f"| {votes_needed_in_words(cost.rule)} | {cost.votes:g} | {cost.agreement:.1%} |"
        for cost in MEASURED_COSTS
    )
    st.markdown(
        "Measured on the 35,886 faces of FER+, which ten people labelled each: how often the "
        "most frequent label is that of five other people.\n\n"
        f"| | annotations a face | same label |\n|---|---|---|\n{rows}"
    )


def _labels(stored: Mapping[str, Any]) -> dict[str, Any]:
    st.subheader("When a label is settled")
    method = _named(st.selectbox, "How votes become a label", _METHODS, stored, "consensus")
    votes, share = st.columns(2, vertical_alignment="bottom")
    min_votes = votes.number_input(
        "Fewest votes", 1, 20, stored["min_votes"], key=_key(stored, "min_votes")
    )
    min_share = share.number_input(
        "Smallest share for one label",
        0.51,
        1.0,
        stored["min_share"],
        0.01,
        key=_key(stored, "min_share"),
    )
    return {"consensus": method, "min_votes": int(min_votes), "min_share": round(min_share, 4)}


def _handing_out(stored: Mapping[str, Any]) -> dict[str, Any]:
    st.subheader("Which faces come")
    order = _named(st.radio, "Order", _ORDERS, stored, "order")
    share = _share(
        "Gold faces (their label is known) among the rest",
        [0.0, *_steps(LEAST_GOLD_SHARE, MOST_GOLD_SHARE, 0.01)],
        stored,
        "gold_share",
    )
    feedback = st.toggle(
        "Tell annotators the right label of a gold face",
        stored["gold_feedback"],
        key=_key(stored, "gold_feedback"),
    )
    return {"order": order, "gold_share": share, "gold_feedback": feedback}


def _questions(stored: Mapping[str, Any]) -> dict[str, Any]:
    st.subheader("Second questions")
    st.caption("Asked after each label. Every question takes annotators time.")
    asked = {
        "asks_intensity": "How strong the expression is, 1 to 5",
        "asks_posing": "Posed or genuine",
        "asks_occlusion": "Whether something covers the face",
    }
    return {
        name: st.toggle(text, stored[name], key=_key(stored, name)) for name, text in asked.items()
    }


def _verify(stored: Mapping[str, Any]) -> dict[str, Any]:
    st.subheader("The Verify page")
    has_verify = st.toggle(
        "Suggestions confirmed page by page",
        stored["has_verify"],
        key=_key(stored, "has_verify"),
    )
    shares = _steps(0, MOST_HIDDEN_SHARE, 0.05)
    hidden = _share("Faces whose suggestion stays hidden", shares, stored, "hidden_share")
    st.caption("They are labelled without seeing it, which shows how far suggestions sway people.")
    return {"has_verify": has_verify, "hidden_share": hidden}


def _steps(least: float, most: float, step: float) -> list[float]:
    return [round(least + n * step, 4) for n in range(round((most - least) / step) + 1)]


def _named(
    widget: Callable[..., Name],
    text: str,
    names: Mapping[Name, str],
    stored: Mapping[str, Any],
    name: str,
) -> Name:
    """Let one of several things be chosen by its name."""
    keys = list(names)
    at = keys.index(stored[name])
    return widget(text, keys, at, format_func=names.__getitem__, key=_key(stored, name))


def _share(text: str, shares: list[float], stored: Mapping[str, Any], name: str) -> float:
    choices = sorted({*shares, stored[name]})
    share: float = st.select_slider(
        text,
        choices,
        stored[name],
        format_func=lambda share: f"{share:.0%}" if share else "none",
        key=_key(stored, name),
    )
    return share


def _save(wanted: Mapping[str, Any]) -> None:
    acting(partial(_saved, wanted))


def _saved(wanted: Mapping[str, Any]) -> str:
    with project().writing() as session:
        changed = change_settings(session, wanted, person().id, datetime.now(UTC))
        session.commit()
    return f"Saved: {', '.join(name.replace('_', ' ') for name in changed)}."


if __name__ == "__main__":
    show()
