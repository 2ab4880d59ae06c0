"""Verify: a page of faces with one suggested label; press only on the wrong ones."""

from dataclasses import asdict
from datetime import UTC, datetime

import streamlit as st

from curator.app.browser.component import mount
from curator.app.common.pages import link_to, pages_for
from curator.app.common.state import person, project
from curator.steps.labelling.assign_faces import queues
from curator.steps.labelling.guideline import newest_guideline
from curator.steps.project.settings import settings

_STYLE = """<style>
.stMainBlockContainer { padding-top: 2.5rem; padding-bottom: 1rem }
@media (max-width: 768px) { .stMainBlockContainer { padding: 4rem 1rem 0 } }
</style>"""


def show() -> None:
    """Mount the verifier, or say that the project does without."""
    with project().reading() as session:
        has_verify = settings(session).has_verify
    if has_verify:
        _verifier()
    else:
        _switched_off()


def _verifier() -> None:
    st.html(_STYLE)
    visitor = person()
    with project().reading() as session:
        waiting = queues(session, visitor.id, datetime.now(UTC))
        guideline = newest_guideline(session)
    own = {
        "queues": [asdict(queue) for queue in waiting],
        "guideline": None if guideline is None else guideline.id,
    }
    # It asks for a new run when a queue is done.
    mount("verifier", visitor.key, [page.name for page in pages_for(visitor.role)], own)


def _switched_off() -> None:
    st.title("Verify")
    st.info("This project labels every face blind: its owner has switched verifying off.")
    link_to("settings", person().role, "Switch it on in the settings")


if __name__ == "__main__":
    show()
