from pathlib import Path

import pytest

from curator.app.labelling.labeller_data import LabellerData, guideline_html, labeller_data
from curator.steps.labelling.guideline import set_example, store_guideline
from curator.steps.project.settings import settings
from db.labels import Expression
from tests.makers import NOW, make_annotator, make_empty_project, make_face


def test_a_new_project_puts_nothing_at_hand_and_asks_nothing_more(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path / "project")
    with project.reading() as session:
        assert labeller_data(session) == LabellerData(examples={label: [] for label in Expression})


def test_the_newest_guideline_the_examples_and_the_questions_are_at_hand(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path / "project")
    with project.writing() as session:
        owner = make_annotator(session, "owner")
        store_guideline(session, "old", owner, NOW)
        newest = store_guideline(session, "*new*", owner, NOW).id
        face = make_face(project, session, seed=1)
        set_example(session, face, Expression.SAD, owner, NOW)
        chosen = settings(session)
        chosen.asks_posing = True
        session.add(chosen)
        session.flush()
        found = labeller_data(session)
    assert (found.guideline_id, found.guideline_html) == (newest, "<p><em>new</em></p>\n")
    assert found.examples[Expression.SAD] == [face]
    assert (found.asks_intensity, found.asks_posing, found.asks_occlusion) == (False, True, False)


@pytest.mark.parametrize(
    ("written", "never_shown"),
    [
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[go](javascript:alert(1))", "href"),
        ("![far](https://example.org/far.png)", "<img"),
        ("<script>alert(1)</script>", "<script"),
    ],
)
def test_a_guideline_neither_runs_scripts_nor_loads_pictures(
    written: str, never_shown: str
) -> None:
    assert never_shown not in guideline_html(written)
