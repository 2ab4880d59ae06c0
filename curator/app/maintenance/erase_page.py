"""Erase a person, a face, an image or a source: look at what would go, and confirm it twice."""

from datetime import UTC, datetime

import streamlit as st

from curator.app.common.state import Remembered, person, project
from curator.app.common.widgets import acting, job_panel, request_job
from curator.errors import CuratorError
from curator.steps.maintenance.erase import erase
from curator.steps.maintenance.erasure_plan import (
    KINDS,
    ErasurePlan,
    Kind,
    plan_erasure,
    snapshots_to_refreeze,
)

_WORD = "erase"
_MOST_PICTURES = 24
_ASKED: Remembered[tuple[Kind, str] | None] = Remembered("erase.asked", None)
_HELP: dict[Kind, str] = {
    "subject": "However it is spelled, or as the search for subjects numbered it.",
    "face": "The id of a face, as every page shows it.",
    "image": "The id of an image, or its SHA-256.",
    "source": "The name of a source, as Import shows it.",
}


def show() -> None:
    """Ask what is to go, show it, and erase it once that is confirmed twice."""
    st.title("Erase")
    st.markdown(
        "A person may ask to be forgotten. Pixels, crops, measurements, labels and names go, and a "
        "hash stays so that they do not come back by another import. Nothing of it can be undone. "
        "**Frozen snapshots never change**: they are named below, and get successors. Backups and "
        "what was taken away are not reached from here."
    )
    with st.form("erase.form", clear_on_submit=True):
        kind: Kind = st.selectbox("What", KINDS, key="erase.kind")
        value = st.text_input("Which", key="erase.value", max_chars=200)
        st.caption(" ".join(f"{name.capitalize()}: {words}" for name, words in _HELP.items()))
        if st.form_submit_button("Show what would go"):
            _ASKED.keep((kind, value.strip()))
    asked = _ASKED.value()
    if asked is not None:
        _asked(*asked)
    job_panel(("freeze",))


def _asked(kind: Kind, value: str) -> None:
    try:
        with project().reading() as session:
            plan = plan_erasure(project(), session, kind, value)
    except CuratorError as error:
        st.error(str(error))
        return
    st.subheader(f"What would go with the {kind} {value}")
    st.markdown("\n".join(f"- {sentence}" for sentence in plan.in_words()))
    pictures = "".join(
        f"<img loading='lazy' alt='face {face}' src='/api/views/{face}' width='72' height='72'>"
        for face in sorted(plan.faces)[:_MOST_PICTURES]
    )
    st.html(f"<div style='display:flex;flex-wrap:wrap;gap:4px'>{pictures}</div>")
    has_read = st.checkbox(
        "I have read what will go, and that it cannot be undone.", key="erase.read"
    )
    word = st.text_input(f"Type the word {_WORD}", key="erase.word")
    st.button(
        "Erase for good",
        key="erase.now",
        type="primary",
        icon=":material/delete_forever:",
        disabled=not has_read or word.strip().casefold() != _WORD,
        on_click=acting,
        args=(lambda: _erase(kind, value),),
    )


def _erase(kind: Kind, value: str) -> str:
    with project().writing() as session:
        plan = plan_erasure(project(), session, kind, value)
        erase(project(), session, plan, person().id, datetime.now(UTC))
    _ASKED.keep(None)
    return f"Erased: {len(plan.faces):,} faces and {len(plan.images):,} images. {_succeed(plan)}"


def _succeed(plan: ErasurePlan) -> str:
    with project().reading() as session:
        wanted = snapshots_to_refreeze(session, plan)
    for name, recipe in wanted:
        request_job("freeze", {"name": name, "recipe": recipe.as_json()})
    return f"{len(wanted):,} snapshots get a successor." if wanted else ""


if __name__ == "__main__":
    show()
