"""Two snapshots beside each other on the page, and their pictures."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curator.app.common import snapshot_faces, state
from curator.core.snapshots.recipe import PRESETS
from curator.steps.snapshots.freeze_snapshot import freeze
from db.files.blobs import sha256_of
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from tests.app.asgi import Asked, ask
from tests.app.makers import make_app, make_shared_project
from tests.makers import NOW, annotate, make_labelled_project

SCRIPT = """
from curator.app.snapshots.compare_panel import compare_panel
compare_panel()
"""


def freeze_all(project: Project, *, days: int) -> None:
    recipe, now = PRESETS["paper-9k"], NOW + timedelta(days=days)
    with project.writing() as session:
        finished(committing(session, freeze(project, session, "set", recipe, now=now)))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Four faces a label; between set@1 and set@2 face 1 becomes sad."""
    labels = [label for label in Expression for _ in range(4)]
    made = make_labelled_project(tmp_path / "project", labels)
    freeze_all(made, days=0)
    with made.writing() as session:
        annotate(session, 1, {1: Expression.SAD, 2: Expression.SAD})
        session.commit()
    freeze_all(made, days=2)
    state.use_project(made)
    return made


def html_of(app: AppTest) -> str:
    return "".join(element.proto.body for element in app.get("html"))


@pytest.mark.usefixtures("project")
def test_the_newest_two_of_a_name_are_compared_when_asked_for() -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not app.exception
    assert (app.selectbox("compare.old").value, app.selectbox("compare.new").value) == (1, 2)
    assert not app.tabs
    app.button("compare.show").click().run()
    assert not app.exception
    assert [tab.label for tab in app.tabs][:3] == ["0 added", "0 dropped", "1 relabelled"]
    counts = app.dataframe[0].value.set_index("label")["change"].to_dict()
    assert (counts["angry"], counts["sad"], counts["all"]) == (-1, 1, 0)
    assert "<b>1</b> angry → sad<br>" in html_of(app)


def test_faces_come_by_the_page(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_faces, "FACES_A_PAGE", 10)
    with project.writing() as session:
        for face_id in (1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15):  # three of each four
            annotate(session, face_id, {1: Expression.SAD, 2: Expression.SAD})
        session.commit()
    freeze_all(project, days=3)
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    app.selectbox("compare.old").select(1).run()
    app.button("compare.show").click().run()
    assert html_of(app).count("→ sad<br>") == 10
    app.number_input("compare.page.relabelled.1.3").set_value(2).run()
    assert html_of(app).count("→ sad<br>") == 2


@pytest.mark.usefixtures("project")
def test_a_snapshot_compared_with_itself_cannot_be_asked_for() -> None:
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    app.selectbox("compare.old").select(2).run()
    assert app.button("compare.show").disabled


def test_with_one_snapshot_there_is_nothing_to_compare(tmp_path: Path) -> None:
    made = make_labelled_project(tmp_path / "project", [])
    state.use_project(made)
    app = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not app.exception
    assert not app.selectbox


def test_a_damaged_snapshot_is_said_in_a_sentence(project: Project) -> None:
    (project.folder / "snapshots" / "set@1" / "manifest.parquet").unlink()
    app = AppTest.from_string(
        SCRIPT + "from curator.app.common.widgets import show_messages\nshow_messages()\n",
        default_timeout=30,
    ).run()
    app.button("compare.show").click().run()
    assert not app.exception
    assert "manifest.parquet is missing" in app.error[0].value


def test_a_frozen_crop_is_sent_as_it_is_frozen_and_nothing_else_is(tmp_path: Path) -> None:
    project, cookies = make_shared_project(tmp_path)
    with project.writing() as session:
        annotate(session, 1, {1: Expression.SAD, 2: Expression.SAD})
        session.commit()
    freeze_all(project, days=0)
    (crop,) = (project.folder / "snapshots" / "set@1" / "crops").iterdir()
    app, owner = make_app(project), {"Cookie": cookies["owner"]}
    answer = ask(app, Asked(f"/api/snapshots/1/crops/{crop.name}", headers=owner))
    assert (answer.status, sha256_of(answer.body)) == (200, crop.stem)
    assert answer.headers["content-type"] == "image/png"
    for path in (
        f"/api/snapshots/2/crops/{crop.name}",
        f"/api/snapshots/{2**70}/crops/{crop.name}",
        f"/api/snapshots/1/crops/{re.sub('.', '0', crop.stem)}.png",
        f"/api/snapshots/1/crops/{crop.stem.upper()}.png",
        "/api/snapshots/1/crops/..%2f..%2fproject.png",
    ):
        assert ask(app, Asked(path, headers=owner)).status == 404
    reviewer = {"Cookie": cookies["reviewer"]}
    assert ask(app, Asked(f"/api/snapshots/1/crops/{crop.name}", headers=reviewer)).status == 403
