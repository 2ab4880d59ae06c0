import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.consensus.settle_labels import consensus
from curator.steps.labelling.choose_gold import choose_gold, gold_faces, make_gold, remove_gold
from curator.steps.labelling.guideline import set_example
from curator.steps.project.audit_trail import Kind, Wanted, audit_trail
from curator.steps.review.adjudicate import adjudicate
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.assignment import FaceVotes
from db.tables.duplicates import DuplicateMember, Match
from db.tables.people import Role
from tests.makers import NOW, annotate, make_annotator, make_face

SAD, FEAR = Expression.SAD, Expression.FEAR


def test_a_gold_face_is_final_and_wants_no_more_votes(project: Project, session: Session) -> None:
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
    face = make_face(project, session, seed=1)
    make_gold(session, face, SAD, ann, NOW)
    annotate(session, face, {ann: FEAR, bob: FEAR})
    assert session.scalar(select(FaceVotes.is_final))
    assert consensus(session)["verdict"].get(face) == "sad"
    remove_gold(session, face, ann, NOW)
    remove_gold(session, face, ann, NOW)
    assert not any(gold_faces(session).values())
    assert consensus(session)["verdict"].get(face) == "sad"
    changes = audit_trail(session, Wanted(kind=Kind.CHANGE))
    assert [line.what for line in changes] == ["gold face removed", "gold face added"]


def test_making_a_face_gold_twice_changes_nothing_and_another_label_is_a_new_final_word(
    project: Project, session: Session
) -> None:
    ann, face = make_annotator(session, "ann"), make_face(project, session, seed=1)
    make_gold(session, face, SAD, ann, NOW)
    make_gold(session, face, SAD, ann, NOW)
    make_gold(session, face, FEAR, ann, NOW)
    assert gold_faces(session)[FEAR] == [face]
    words = audit_trail(session, Wanted(kind=Kind.FINAL_WORD))
    assert [line.what for line in words] == ["fear", "sad"]


def test_an_example_and_a_face_that_is_gone_cannot_be_gold(
    project: Project, session: Session
) -> None:
    ann, face = make_annotator(session, "ann"), make_face(project, session, seed=1)
    set_example(session, face, SAD, ann, NOW)
    with pytest.raises(CuratorError, match="is an example"):
        make_gold(session, face, SAD, ann, NOW)
    with pytest.raises(CuratorError, match="There is no face 99"):
        make_gold(session, 99, SAD, ann, NOW)


def test_gold_faces_are_chosen_where_the_label_is_sure(project: Project, session: Session) -> None:
    people = [make_annotator(session, name) for name in ("ann", "bob", "eva")]
    ann = people[0]
    kinds = ["three alike", "a final word", "two alike", "three split", "example", "a copy", "flag"]
    faces = {kind: make_face(project, session, seed=n) for n, kind in enumerate(kinds, 1)}
    for kind in ("three alike", "example", "a copy"):
        annotate(session, faces[kind], dict.fromkeys(people, SAD))
    annotate(session, faces["two alike"], dict.fromkeys(people[:2], SAD))
    annotate(session, faces["three split"], dict(zip(people, (SAD, SAD, FEAR), strict=True)))
    adjudicate(session, faces["a final word"], "sad", by=ann, now=NOW)
    adjudicate(session, faces["flag"], "bad crop", by=ann, now=NOW)
    set_example(session, faces["example"], SAD, ann, NOW)
    session.add(
        DuplicateMember(
            face_id=faces["a copy"],
            keeper_id=faces["three alike"],
            distance=0,
            match=Match.PIXELS,
            likeness=1.0,
            is_mirrored=False,
        )
    )
    session.flush()
    choice = choose_gold(session, 10, ann, NOW)
    assert set(choice.labels) == {faces["three alike"], faces["a final word"]}
    assert gold_faces(session)[SAD] == sorted(choice.labels)
    with pytest.raises(CuratorError, match="No further face has a label that is sure"):
        choose_gold(session, 10, ann, NOW)


def test_labels_that_followed_a_suggestion_make_no_face_sure(
    project: Project, session: Session
) -> None:
    source = make_annotator(session, "source", Role.SOURCE)
    face = make_face(project, session, seed=1)
    annotate(session, face, {source: SAD})
    with pytest.raises(CuratorError, match="3 blind annotations and none against"):
        choose_gold(session, 2, source, NOW)
