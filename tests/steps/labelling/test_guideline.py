import pytest
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.labelling.choose_gold import make_gold
from curator.steps.labelling.guideline import (
    examples,
    guideline_versions,
    newest_guideline,
    proposed_examples,
    remove_example,
    set_example,
    store_guideline,
)
from curator.steps.project.audit_trail import audit_trail
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.guidance import Guideline
from tests.makers import NOW, annotate, make_annotator, make_face


def test_before_the_first_guideline_there_is_none(session: Session) -> None:
    assert newest_guideline(session) is None
    assert guideline_versions(session) == []


def test_a_guideline_gets_a_new_version_only_when_its_text_changes(session: Session) -> None:
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
    first = store_guideline(session, "Look at the mouth.\r\n", ann, NOW)
    assert store_guideline(session, "  Look at the mouth.", bob, NOW) is first
    store_guideline(session, "Look at the eyes.", bob, NOW)
    versions = guideline_versions(session)
    assert [(v.number, v.text, v.by) for v in versions] == [
        (2, "Look at the eyes.", "bob"),
        (1, "Look at the mouth.", "ann"),
    ]
    newest = newest_guideline(session)
    assert isinstance(newest, Guideline)
    assert newest.id == versions[0].id


@pytest.mark.parametrize("text", ["", " \n ", "x" * 20_001])
def test_an_empty_or_endless_guideline_is_refused(session: Session, text: str) -> None:
    with pytest.raises(CuratorError, match="1 to 20,000 characters"):
        store_guideline(session, text, make_annotator(session, "ann"), NOW)


def test_examples_are_kept_by_label_and_every_change_is_in_the_audit_trail(
    project: Project, session: Session
) -> None:
    ann = make_annotator(session, "ann")
    face = make_face(project, session, seed=1)
    set_example(session, face, Expression.SAD, ann, NOW)
    set_example(session, face, Expression.SAD, ann, NOW)
    set_example(session, face, Expression.FEAR, ann, NOW)
    shown = examples(session)
    assert (shown[Expression.SAD], shown[Expression.FEAR]) == ([], [face])
    remove_example(session, face, ann, NOW)
    remove_example(session, face, ann, NOW)
    assert not any(examples(session).values())
    assert [line.what for line in audit_trail(session)] == [
        "example removed",
        "example added",
        "example added",
    ]


def test_a_label_has_at_most_six_examples(project: Project, session: Session) -> None:
    ann = make_annotator(session, "ann")
    faces = [make_face(project, session, seed=seed) for seed in range(1, 8)]
    for face in faces[:6]:
        set_example(session, face, Expression.SAD, ann, NOW)
    with pytest.raises(CuratorError, match="has 6 examples already"):
        set_example(session, faces[6], Expression.SAD, ann, NOW)


def test_neither_a_face_that_is_gone_nor_a_gold_face_becomes_an_example(
    project: Project, session: Session
) -> None:
    ann = make_annotator(session, "ann")
    gold = make_face(project, session, seed=1)
    make_gold(session, gold, Expression.SAD, ann, NOW)
    with pytest.raises(CuratorError, match="is gold"):
        set_example(session, gold, Expression.SAD, ann, NOW)
    with pytest.raises(CuratorError, match="There is no face 99"):
        set_example(session, 99, Expression.SAD, ann, NOW)


def test_examples_are_proposed_where_two_said_the_same_blind_and_nobody_otherwise(
    project: Project, session: Session
) -> None:
    ann, bob, eva = (make_annotator(session, name) for name in ("ann", "bob", "eva"))
    faces = [make_face(project, session, seed=seed) for seed in range(1, 6)]
    annotate(session, faces[0], {ann: Expression.SAD, bob: Expression.SAD})
    annotate(session, faces[1], {ann: Expression.SAD})
    annotate(session, faces[2], {ann: Expression.SAD, bob: Expression.SAD, eva: Expression.FEAR})
    annotate(session, faces[3], {ann: Flag.BAD_CROP, bob: Flag.BAD_CROP})
    annotate(session, faces[4], {ann: Expression.SAD, bob: Expression.SAD})
    set_example(session, faces[4], Expression.SAD, ann, NOW)
    proposed = proposed_examples(session)
    assert proposed[Expression.SAD] == [faces[0]]
    assert not any(faces for label, faces in proposed.items() if label is not Expression.SAD)


def test_proposed_examples_show_one_face_of_each_person_before_a_second(
    project: Project, session: Session
) -> None:
    ann, bob, eva = (make_annotator(session, name) for name in ("ann", "bob", "eva"))
    of_one = [make_face(project, session, seed=seed, subject="one") for seed in range(1, 8)]
    of_two = make_face(project, session, seed=8, subject="two")
    for face in of_one:
        annotate(session, face, dict.fromkeys((ann, bob, eva), Expression.FEAR))
    annotate(session, of_two, dict.fromkeys((ann, bob), Expression.FEAR))
    proposed = proposed_examples(session)[Expression.FEAR]
    assert len(proposed) == 6
    assert of_two in proposed
