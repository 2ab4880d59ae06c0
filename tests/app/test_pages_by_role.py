"""Every page for every role: what is beyond it is neither shown nor reachable."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import select
from streamlit.navigation.page import StreamlitPage
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from curator.app.common import state
from curator.app.common.pages import PAGES, Page
from curator.steps.people.accounts import set_role
from db.tables.people import Annotator, Role
from tests.app.makers import make_shared_project
from tests.makers import NOW

pytestmark = pytest.mark.slow

SCRIPT = """
from curator.app.main import show
show()
"""


@dataclass(frozen=True)
class Opened:
    """What came of opening a page's address.

    Attributes:
        app: What is shown.
        offered: The pages of the navigation; None when there is none.
        chosen: The page that ran; None when none did.
    """

    app: AppTest
    offered: list[str] | None
    chosen: str | None


Open = Callable[[str, Page], Opened]


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Open the address of a page as somebody of a shared project."""
    project, _ = make_shared_project(tmp_path)
    state.use_project(project)
    with project.reading() as session:
        ids = {person.name: person.id for person in session.scalars(select(Annotator))}
    # Streamlit puts its script in the place of the main module, and leaves it there.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    real_navigation = st.navigation
    seen: list[tuple[list[str], str]] = []

    def navigation(sections: dict[str, list[StreamlitPage]], **options: Any) -> StreamlitPage:
        chosen = real_navigation(sections, **options)
        offered = [page.title for pages in sections.values() for page in pages]
        seen.append((offered, chosen.title))
        return chosen

    monkeypatch.setattr(st, "navigation", navigation)

    def open_as(name: str, page: Page) -> Opened:
        known = {state.ANNOTATOR_KEY: str(ids[name])} if name in ids else {}
        monkeypatch.setattr(st, "user", known)
        app = AppTest.from_string(SCRIPT, default_timeout=30)
        # What a browser sends that was at this page before, or that claims it was.
        app._page_hash = calc_hash("" if page.name == "overview" else page.name)
        app.run()
        offered, chosen = seen[-1] if seen else (None, None)
        return Opened(app, offered, chosen)

    return open_as


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER, Role.OWNER])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_opens_to_its_roles_and_to_nobody_else(
    open_page: Open, page: Page, role: Role
) -> None:
    opened = open_page(role.value, page)
    assert not opened.app.exception
    assert opened.offered == [other.title for other in PAGES if role.may(other.role)]
    assert opened.chosen == (page.title if role.may(page.role) else "Overview")


@pytest.mark.parametrize("name", ["revoked", "anonymous"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_opens_to_who_is_out(open_page: Open, page: Page, name: str) -> None:
    opened = open_page(name, page)
    assert (opened.offered, opened.chosen) == (None, None)
    assert [error.value for error in opened.app.error] == [
        "You are signed out. Load this page again to sign in."
    ]
    assert not opened.app.title
    assert not opened.app.sidebar.caption


def test_an_account_that_lost_its_role_loses_its_pages_at_the_next_run(
    open_page: Open,
) -> None:
    review = next(page for page in PAGES if page.name == "review")
    assert open_page("reviewer", review).chosen == "Review"
    with state.project().writing() as session:
        set_role(session, "reviewer", Role.ANNOTATOR, NOW)
        session.commit()
    assert open_page("reviewer", review).chosen == "Overview"
