"""Every page is run for an empty and for a full project; the browser tests use them."""

import sys
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from curator.app.common import state
from curator.app.common.pages import PAGES, Page, pages_for, sections_for
from curator.core.snapshots.recipe import PRESETS
from curator.steps.duplicates.find_duplicates import find_duplicates
from curator.steps.people.accounts import local_person
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.people import Role
from tests.makers import (
    NOW,
    annotate,
    make_empty_project,
    make_face,
    make_labelled_project,
    make_pixels,
)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def full_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project with settled, disputed and double faces and a snapshot."""
    labels = [label for label in Expression for _ in range(3)]
    project = make_labelled_project(tmp_path_factory.mktemp("full") / "project", labels)
    with project.writing() as session:
        disputed = make_face(project, session, seed=90, pixels=make_pixels(1))
        annotate(session, disputed, {1: Expression.SAD, 2: Expression.FEAR})
        session.commit()
    finished(find_duplicates(project, now=NOW))
    with project.writing() as session:
        finished(committing(session, freeze(project, session, "set", PRESETS["even"], now=NOW)))
    return project


@pytest.fixture
def empty_project(tmp_path: Path) -> Project:
    return make_empty_project(tmp_path / "project")


def page_of(project: Project, page: Page, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """Run a page for the person at this machine."""
    with project.writing() as session:
        person = local_person(session, NOW)
        session.commit()
    state.use_project(project)
    # Streamlit puts its script in the place of the main module, and leaves it there: what
    # starts processes later in this test run would start them from it.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    monkeypatch.setattr(st, "user", {state.ANNOTATOR_KEY: str(person.id)})
    script = """
from curator.app.main import show
show()
"""
    app = AppTest.from_string(script, default_timeout=30)
    app.run()
    return app.switch_page(page.path).run() if page.name != "overview" else app


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_useful_when_the_project_is_empty(
    page: Page, empty_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = page_of(empty_project, page, monkeypatch)
    assert not app.exception
    assert app.title or page.name in {"label", "verify"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_a_full_project(
    page: Page, full_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not page_of(full_project, page, monkeypatch).exception


def test_the_navigation_is_in_the_order_of_the_work() -> None:
    assert [page.title for page in PAGES] == [
        "Overview",
        "Import",
        "Faces",
        "Duplicates",
        "Subjects",
        "Label",
        "Verify",
        "Model help",
        "Review",
        "Agreement",
        "Team",
        "Pre-processing",
        "Snapshots",
        "Benchmark",
        "Predict",
        "Live",
        "Settings",
        "Erase",
        "History",
    ]


@pytest.mark.parametrize("role", [Role.ANNOTATOR, Role.REVIEWER, Role.OWNER])
def test_each_heading_of_the_navigation_comes_once_and_holds_all_its_pages(role: Role) -> None:
    sections = sections_for(role)
    assert [page for pages in sections.values() for page in pages] == pages_for(role)


def test_an_annotator_sees_what_annotators_do_and_nothing_else() -> None:
    assert [page.name for page in pages_for(Role.ANNOTATOR)] == ["overview", "label", "verify"]
    assert len(pages_for(Role.OWNER)) == len(PAGES)
