"""What a reviewer and an owner do on their pages."""

from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Html

from curator.app.common.pages import PAGES
from curator.steps.consensus.settle_labels import consensus
from curator.steps.labelling.choose_gold import gold_faces
from curator.steps.labelling.guideline import examples, newest_guideline
from curator.steps.project.audit_trail import AuditLine, Kind, Wanted, audit_trail
from curator.steps.project.settings import settings
from curator.steps.review.adjudicate import adjudicate
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.annotations import SentBack
from db.tables.guidance import Guideline
from tests.app.common.test_pages import page_of
from tests.makers import NOW, annotate, make_face, make_labelled_project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Faces 1 to 3 are sad to ann and bob; of face 4 they say sad and fear."""
    made = make_labelled_project(tmp_path / "project", [Expression.SAD] * 3)
    with made.writing() as session:
        face = make_face(made, session, seed=4)
        annotate(session, face, {1: Expression.SAD, 2: Expression.FEAR})
        session.commit()
    return made


def open_page(name: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return page_of(project, next(page for page in PAGES if page.name == name), monkeypatch)


def newest(project: Project, kind: Kind) -> AuditLine:
    with project.reading() as session:
        return audit_trail(session, Wanted(kind=kind))[0]


def test_a_final_word_is_said_and_undone(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("review", project, monkeypatch)
    app.button("review.4.fear").click().run()
    assert "Nothing waits" in app.info[0].value
    with project.reading() as session:
        assert consensus(session)["verdict"].get(4) == "fear"
    app.button("review.undo.1").click().run()
    assert app.button("review.4.fear")
    assert newest(project, Kind.FINAL_WORD).what == "taken back"


def test_undoing_a_word_brings_back_the_one_before_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with project.writing() as session:
        adjudicate(session, 1, "happy", by=1, now=NOW - timedelta(hours=1))
        session.commit()
    app = open_page("review", project, monkeypatch)
    app.pills("review.reason").select("contradicted").run()
    app.button("review.1.sad").click().run()
    app.button("review.undo.1").click().run()
    assert newest(project, Kind.FINAL_WORD).what == "happy"


def test_who_said_one_thing_is_asked_to_think_it_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("review", project, monkeypatch)
    app.selectbox("review.to.4").select("bob, who said fear").run()
    app.text_area("review.note.4").input("the brows?").run()
    app.button("review.send.4").click().run()
    with project.reading() as session:
        (sent,) = session.query(SentBack).all()
        assert sent.note == "the brows?"
        assert consensus(session)["votes"].get(4) == 1
    assert app.success[0].value == "Sent back: 1."


def test_a_face_under_review_becomes_an_example_or_gold_but_not_both(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("review", project, monkeypatch)
    app.button("review.example.4").click().run()
    app.button("review.gold.4").click().run()
    assert "is an example" in app.error[0].value
    with project.reading() as session:
        assert examples(session)[Expression.FEAR] == [4]
        assert not any(gold_faces(session).values())


def test_the_choices_are_saved_together_and_noted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("settings", project, monkeypatch)
    assert app.button("settings.save").disabled
    app.number_input("settings.first_votes.2").set_value(3).run()
    app.toggle("settings.asks_posing.False").set_value(True).run()
    app.button("settings.save").click().run()
    with project.reading() as session:
        assert settings(session).first_votes == 3
        assert settings(session).asks_posing
    assert newest(project, Kind.CHANGE).details == {
        "first_votes": [2, 3],
        "asks_posing": [False, True],
    }
    assert app.button("settings.save").disabled


def test_a_fixed_number_asks_nobody_more(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("settings", project, monkeypatch)
    app.radio("settings.lead_by.2").set_value(False).run()
    app.button("settings.save").click().run()
    with project.reading() as session:
        stored = settings(session)
        assert (stored.first_votes, stored.lead_by, stored.most_votes) == (2, 0, 2)


def test_the_guideline_is_stored_in_versions(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("settings", project, monkeypatch)
    app.text_area("settings.guideline.0").input("Look at the mouth.").run()
    app.button("settings.guideline.store").click().run()
    assert app.button("settings.guideline.store").disabled
    with project.reading() as session:
        guideline = newest_guideline(session)
    assert isinstance(guideline, Guideline)
    assert guideline.text == "Look at the mouth."


def test_proposed_examples_are_used_at_a_click(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("settings", project, monkeypatch)
    app.button("settings.propose").click().run()
    app.button("settings.propose.use").click().run()
    with project.reading() as session:
        assert examples(session)[Expression.SAD] == [1, 2, 3]


def test_that_no_face_is_sure_enough_for_gold_is_said_in_a_sentence(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("settings", project, monkeypatch)
    app.button("settings.gold.choose").click().run()
    assert "Say final words in the review" in app.error[0].value
    app.number_input("settings.gold.face").set_value(2).run()
    app.button("settings.gold.add").click().run()
    with project.reading() as session:
        assert gold_faces(session)[Expression.ANGRY] == [2]


def test_the_history_is_filtered(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page("history", project, monkeypatch)
    assert len(app.dataframe[0].value) == 8
    app.number_input("history.face").set_value(4).run()
    table = app.dataframe[0].value
    assert table["What"].tolist() == ["fear", "sad"]
    app.selectbox("history.who").select(1).run()
    assert app.dataframe[0].value["Who"].tolist() == ["ann"]
    app.selectbox("history.kind").select("guideline").run()
    assert app.info[0].value == "Nothing matches."


def test_the_team_stands_by_name_and_small_numbers_are_grey(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("team", project, monkeypatch)
    (table,) = [
        html.body for html in app.get("html") if isinstance(html, Html) and "<table" in html.body
    ]
    assert table.index("ann") < table.index("bob")
    assert "opacity:.45'>75%" in table  # three of four faces, which says little
