"""What the form of the benchmark page asks for."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from curator.app.common.pages import PAGES
from db.jobs.queue import add_job
from db.project.project_folder import Project
from db.tables.jobs import Job, JobState
from tests.app.benchmarked import make_benchmarked_project
from tests.app.common.test_pages import page_of
from tests.makers import NOW

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_benchmarked_project(tmp_path / "project")


def open_page(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    app = page_of(project, next(page for page in PAGES if page.name == "benchmark"), monkeypatch)
    assert not app.exception
    return app


def event(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def asked_for(project: Project, kind: str) -> dict[str, Any]:
    with project.reading() as session:
        return session.scalars(select(Job).where(Job.kind == kind)).one().arguments


def test_nothing_of_the_preset_is_changed_and_no_study_follows_unless_somebody_says_so(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(project, monkeypatch)

    event(app, "Benchmark")

    asked = asked_for(project, "benchmark")
    assert asked["preset"] == "quick"
    assert asked["changes"] == {}
    assert asked["studies"] == {
        "leaky": False, "labels": False, "sources": False, "seeds": 0, "folds": 0
    }  # fmt: skip
    assert (asked["weights_of"], asked["apart_from"]) == (None, None)


def test_what_is_chosen_is_asked_for(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(project, monkeypatch)
    app.selectbox(key="benchmark.labels").set_value("soft: each label by its share of the votes")
    app.selectbox(key="benchmark.balanced").set_value("no")
    app.number_input(key="benchmark.epochs").set_value(7)
    app.checkbox(key="benchmark.leaky").check()
    app.number_input(key="benchmark.folds").set_value(5)
    start = app.selectbox(key="benchmark.weights")
    start.set_value(start.options[1])

    event(app, "Benchmark")

    asked = asked_for(project, "benchmark")
    assert asked["changes"] == {"labels": "soft", "balances_labels": False, "epochs": 7}
    assert asked["studies"]["leaky"]
    assert asked["studies"]["folds"] == 5
    assert asked["weights_of"] == 1


def test_an_estimate_is_asked_for_and_shown_by_preset(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(project, monkeypatch)
    event(app, "Estimate the time")
    assert asked_for(project, "estimate")["snapshot_id"] == 1

    seconds = {
        "quick": {"VGG16": 61.2, "AlexNet": 60.0},
        "paper": {"VGG16": 7200.0, "AlexNet": 1.0},
    }
    with project.writing() as session:
        job = session.get_one(Job, add_job(session, "estimate", {}, by=None, now=NOW))
        job.state, job.result = JobState.DONE, {"snapshot_id": 1, "seconds": seconds}
        session.commit()
    app.run()

    table = app.dataframe[0].value
    assert table["quick"].to_dict() == {
        "VGG16": "0:01:01", "AlexNet": "0:01:00", "all of them": "0:02:01"
    }  # fmt: skip
    assert table.loc["all of them", "paper"] == "2:00:01"
