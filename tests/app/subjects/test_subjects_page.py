"""The owner's page of who is shown: what sources tell, and what faces tell once it is allowed."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Html

from curator.app.common.pages import PAGES
from curator.steps.project.audit_trail import audit_trail
from curator.steps.project.settings import settings
from curator.steps.subjects.consent import allow_subjects
from db.jobs.queue import add_job
from db.project.biometrics import Biometrics, Embedding
from db.project.project_folder import Project
from db.tables.duplicates import FoundSubject
from db.tables.images import Image
from db.tables.jobs import Job, JobState
from tests.app.common.test_pages import page_of
from tests.makers import NOW, make_empty_project, make_face

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Photos of ann and bob, of whom the source tells nothing, and one of nobody known."""
    made = make_empty_project(tmp_path / "project")
    with made.writing() as session:
        for seed, name in enumerate(("ann_01.png", "ann_02.png", "bob_01.png", "x.png"), start=1):
            make_face(made, session, seed=seed, name=name)
        session.commit()
    return made


def open_page(project: Project, monkeypatch: pytest.MonkeyPatch, part: str) -> AppTest:
    app = page_of(project, next(page for page in PAGES if page.name == "subjects"), monkeypatch)
    app.segmented_control("subjects.part").select(part).run()
    assert not app.exception
    return app


def told(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_page(project, monkeypatch, "Told by sources")


def found(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_page(project, monkeypatch, "Found by faces")


def try_pattern(app: AppTest, pattern: str) -> None:
    app.text_input("subjects.pattern_text").input(pattern)
    app.button[0].click().run()
    assert not app.exception


def text_of(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def html(app: AppTest) -> str:
    return "".join(part.body for part in app.get("html") if isinstance(part, Html))


def find(project: Project) -> None:
    """Allow measuring, and plant what a search would find: faces 1 to 3 show one person."""
    with project.writing() as session:
        allow_subjects(session, None, NOW)
        session.add_all(FoundSubject(face_id=face_id, subject="p00001") for face_id in (1, 2, 3))
        session.commit()
    values = np.zeros(128, np.float32)
    Biometrics(project.folder).keep([Embedding(n, "c", "m", values) for n in (1, 2, 3)])


def test_subjects_are_read_off_names_after_a_look(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = told(project, monkeypatch)
    try_pattern(app, r"^(.+?)_\d+$")
    assert "the names of **3** of 4 images tell **2** subjects." in text_of(app)
    assert app.dataframe[1].value.to_dict("records") == [
        {"subject": "ann", "images": 2},
        {"subject": "bob", "images": 1},
    ]
    app.button("subjects.name").click().run()
    assert app.success[0].value == "3 images have a subject off their names now."
    assert app.dataframe[0].value["faces told"].tolist() == [3]
    with project.reading() as session:
        subjects = session.scalars(select(Image.subject).order_by(Image.id)).all()
        assert audit_trail(session)[0].what == "subjects named"
    assert subjects == ["ann", "ann", "bob", None]


def test_a_pattern_that_cannot_be_read_is_said_in_a_sentence(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = told(project, monkeypatch)
    try_pattern(app, "(")
    assert "Subject pattern '(' cannot be read" in app.error[0].value


def test_it_is_switched_on_only_by_who_says_that_it_may_be(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = found(project, monkeypatch)
    assert "These numbers are biometric data." in text_of(app)
    assert app.button("subjects.allow").disabled
    app.checkbox("subjects.may").check().run()
    app.button("subjects.allow").click().run()
    with project.reading() as session:
        assert settings(session).finds_subjects
        (line,) = audit_trail(session)
    assert line.details == {"finds_subjects": [False, True]}
    assert not app.button("subjects.find").disabled


def test_a_search_is_asked_for_as_sure_as_chosen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(project)
    app = found(project, monkeypatch)
    app.segmented_control("subjects.rule").select("strict").run()
    app.button("subjects.find").click().run()
    with project.reading() as session:
        (job,) = session.scalars(select(Job)).all()
    assert (job.kind, job.arguments) == ("subjects", {"rule": "strict"})


def test_what_was_found_is_shown_with_what_sources_tell(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(project)
    app = told(project, monkeypatch)
    try_pattern(app, r"^(bob)_")
    app.button("subjects.name").click().run()
    app.segmented_control("subjects.part").select("Found by faces").run()
    assert "**p00001** · 3 faces: bob 1, not told 2" in text_of(app)
    assert "**1** subject found" in text_of(app)
    assert html(app).count("/api/views/") == 3


def test_all_is_forgotten_at_a_press(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    find(project)
    app = found(project, monkeypatch)
    app.button("subjects.forget").click().run()
    assert app.success[0].value == "What was measured of 3 faces is deleted."
    assert "**p00001**" not in text_of(app)
    assert not Biometrics(project.folder).file.exists()
    with project.reading() as session:
        assert not settings(session).finds_subjects


def test_what_is_kept_while_it_is_off_can_still_be_forgotten(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(project)
    with project.writing() as session:
        settings(session).finds_subjects = False
        session.commit()
    app = found(project, monkeypatch)
    assert "still kept" in app.warning[0].value
    app.button("subjects.forget").click().run()
    assert not Biometrics(project.folder).file.exists()
    assert not app.warning


def test_missing_packages_are_said_and_nothing_can_be_pressed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curator.steps.subjects.embed_faces.find_spec", lambda _: None)
    app = found(project, monkeypatch)
    assert "pip install" in app.info[0].value
    assert app.checkbox("subjects.may").disabled
    find(project)
    app.run()
    assert app.button("subjects.find").disabled
    assert not app.button("subjects.forget").disabled


def test_faces_that_could_not_be_measured_are_named(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(project)
    with project.writing() as session:
        job_id = add_job(session, "subjects", {}, by=None, now=NOW)
        job = session.get_one(Job, job_id)
        job.state = JobState.DONE
        job.result = {"issues": [{"item": "x.png", "reason": "its view cannot be read"}]}
        session.commit()
    app = found(project, monkeypatch)
    assert app.expander[-1].label == "1 face could not be measured"
    assert "its view cannot be read" in html(app)
