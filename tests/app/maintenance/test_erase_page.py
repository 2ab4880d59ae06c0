"""What an owner goes through before somebody is forgotten."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from curator.app.common.pages import PAGES
from curator.core.snapshots.recipe import PRESETS
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.images import Face
from db.tables.jobs import Job
from tests.app.common.test_pages import page_of
from tests.makers import NOW, make_labelled_project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two faces a label; `person 0` is the subject of two of the fourteen; all are frozen."""
    labels = [label for label in Expression for _ in range(2)]
    made = make_labelled_project(tmp_path / "project", labels, subjects=7)
    with made.writing() as session:
        steps = freeze(made, session, "set", PRESETS["even"], now=NOW)
        finished(committing(session, steps))
    return made


@pytest.fixture
def app(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    page = next(page for page in PAGES if page.name == "erase")
    return page_of(project, page, monkeypatch)


def ask(app: AppTest, kind: str, value: str) -> None:
    app.selectbox("erase.kind").select(kind)
    app.text_input("erase.value").set_value(value)
    app.button[0].click().run()


def faces(project: Project) -> int:
    with project.reading() as session:
        return session.scalar(select(func.count()).select_from(Face)) or 0


def test_what_is_not_there_is_said(app: AppTest) -> None:
    ask(app, "subject", "nobody")
    assert app.error[0].value.startswith("There is no subject 'nobody' in the project")


def test_nothing_goes_before_it_is_confirmed_twice(app: AppTest, project: Project) -> None:
    ask(app, "subject", "Person 1")
    assert any("2 faces go, with 4 annotations" in line.value for line in app.markdown)
    assert app.button("erase.now").disabled
    app.checkbox("erase.read").check().run()
    assert app.button("erase.now").disabled
    app.text_input("erase.word").set_value("erase").run()
    assert not app.button("erase.now").disabled
    assert faces(project) == 14


def test_confirmed_it_goes_and_the_snapshot_gets_a_successor(
    app: AppTest, project: Project
) -> None:
    ask(app, "subject", "person 1")
    app.checkbox("erase.read").check().run()
    app.text_input("erase.word").set_value("erase").run()
    app.button("erase.now").click().run()
    assert faces(project) == 12
    assert any("Erased: 2 faces and 2 images" in line.value for line in app.success)
    with project.reading() as session:
        (job,) = session.scalars(select(Job))
    assert (job.kind, job.arguments["name"]) == ("freeze", "set")
