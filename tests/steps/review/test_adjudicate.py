from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from curator.steps.consensus.settle_labels import consensus
from curator.steps.labelling.choose_gold import gold_faces, make_gold
from curator.steps.project.settings import change_settings
from curator.steps.review.adjudicate import Reason, adjudicate, disputed_faces, votes_on
from curator.steps.review.send_back import send_back
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from db.tables.people import Role
from tests.makers import NOW, annotate, make_annotator, make_face, standing

BEFORE = NOW - timedelta(hours=1)


def waiting(session: Session) -> dict[int, str]:
    """Return the reason of each face that waits, by face id, in order."""
    table = disputed_faces(session)
    return dict(zip(table["face_id"], table["reason"], strict=True))


def make_annotators(session: Session, count: int) -> list[int]:
    return [make_annotator(session, f"annotator {n}") for n in range(count)]


def test_nothing_waits_in_an_empty_project(session: Session) -> None:
    assert disputed_faces(session).empty


def test_disputed_faces_wait_until_a_final_word_and_wait_again_when_it_is_taken_back(
    project: Project, session: Session
) -> None:
    ann, bob = make_annotators(session, 2)
    agreed, disputed, single = (make_face(project, session, seed=n) for n in (1, 2, 3))
    annotate(session, agreed, {ann: Expression.SAD, bob: Expression.SAD})
    annotate(session, disputed, {ann: Expression.SAD, bob: Expression.FEAR})
    annotate(session, single, {ann: Expression.SAD})
    assert waiting(session) == {disputed: Reason.UNSETTLED}
    adjudicate(session, disputed, "fear", by=bob, now=NOW)
    assert waiting(session) == {}
    assert consensus(session)["verdict"].get(disputed) == "fear"
    adjudicate(session, disputed, None, by=bob, now=NOW)
    assert waiting(session) == {disputed: Reason.UNSETTLED}


def test_the_most_disputed_face_comes_first(project: Project, session: Session) -> None:
    people = make_annotators(session, 4)
    halves, thirds = make_face(project, session, seed=1), make_face(project, session, seed=2)
    labels = [Expression.SAD, Expression.FEAR, Expression.HAPPY]
    annotate(session, halves, dict(zip(people, labels[:2] * 2, strict=True)))
    annotate(session, thirds, dict(zip(people[:3], labels, strict=True)))
    assert list(waiting(session)) == [thirds, halves]


def test_what_a_new_vote_changes_is_seen_at_once(project: Project, session: Session) -> None:
    ann, bob, eva, kim = make_annotators(session, 4)
    face = make_face(project, session, seed=1)
    annotate(session, face, {ann: Expression.SAD, bob: Expression.FEAR})
    assert list(waiting(session)) == [face]
    annotate(session, face, {eva: Expression.SAD, kim: Expression.SAD})
    assert waiting(session) == {}
    send_back(session, standing(session, face, "sad"), "", ann, NOW)
    annotate(session, face, {ann: Expression.HAPPY})
    assert list(waiting(session)) == [face]
    change_settings(session, {"min_votes": 1}, ann, NOW)
    session.flush()
    assert list(waiting(session)) == [face]


def test_a_face_of_which_several_were_unsure_waits_though_it_is_settled(
    project: Project, session: Session
) -> None:
    people = make_annotators(session, 6)
    face = make_face(project, session, seed=1)
    said = [Flag.UNSURE] * 2 + [Expression.SAD] * 4
    annotate(session, face, dict(zip(people, said, strict=True)))
    assert consensus(session)["verdict"].get(face) == "sad"
    assert waiting(session) == {face: Reason.UNSURE}


def test_a_final_word_waits_again_when_two_who_came_later_agree_on_something_else(
    project: Project, session: Session
) -> None:
    ann, bob, eva, kim = make_annotators(session, 4)
    face = make_face(project, session, seed=1)
    annotate(session, face, {ann: Expression.SAD, bob: Expression.SAD})
    adjudicate(session, face, "fear", by=ann, now=NOW)
    assert waiting(session) == {}  # the reviewer knew these votes
    adjudicate(session, face, "fear", by=ann, now=BEFORE)
    annotate(session, face, {eva: Expression.FEAR})
    assert waiting(session) == {face: Reason.CONTRADICTED}
    annotate(session, face, {kim: Expression.FEAR})
    assert waiting(session) == {}  # half of them is no agreement


def test_it_is_said_whether_annotators_will_still_be_asked(
    project: Project, session: Session
) -> None:
    people = make_annotators(session, 5)
    tied, full = make_face(project, session, seed=1), make_face(project, session, seed=2)
    both = [Expression.SAD, Expression.FEAR]
    annotate(session, tied, dict(zip(people[:2], both, strict=True)))
    annotate(session, full, dict(zip(people, [*both, *both, Expression.HAPPY], strict=True)))
    table = disputed_faces(session).set_index("face_id")
    assert table["wants_more"].to_dict() == {full: False, tied: True}


def test_the_votes_of_a_face_are_listed_by_name_with_what_there_is_to_know(
    project: Project, session: Session
) -> None:
    ann, bob = make_annotator(session, "bob"), make_annotator(session, "ann")
    source = make_annotator(session, "FER", Role.SOURCE)
    face = make_face(project, session, seed=1)
    annotate(session, face, {ann: Expression.FEAR, bob: Flag.UNSURE, source: Expression.SAD})
    annotate(session, face, {ann: Expression.SAD})
    session.add(
        Annotation(
            uuid="suggested",
            face_id=face,
            annotator_id=make_annotator(session, "eva"),
            label=Expression.SAD,
            suggested=Expression.SAD,
            suggested_by="model:x",
            stored_at=NOW,
        )
    )
    session.flush()
    send_back(session, standing(session, face, "unsure"), "", ann, NOW)
    told = [
        (vote.annotator, vote.verdict, vote.is_from_source, vote.suggested_by, vote.is_sent_back)
        for vote in votes_on(session, face)
    ]
    assert told == [
        ("FER", "sad", True, None, False),
        ("ann", "unsure", False, None, True),
        ("bob", "sad", False, None, False),
        ("eva", "sad", False, "model:x", False),
    ]


@pytest.mark.parametrize("word", ["fear", "bad crop", None])
def test_a_gold_face_with_another_final_word_is_gold_no_more(
    project: Project, session: Session, word: str | None
) -> None:
    ann = make_annotator(session, "ann")
    face = make_face(project, session, seed=1)
    make_gold(session, face, Expression.SAD, ann, NOW)
    adjudicate(session, face, "sad", by=ann, now=NOW)
    assert gold_faces(session)[Expression.SAD] == [face]
    adjudicate(session, face, word, by=ann, now=NOW)
    assert not any(gold_faces(session).values())


def test_a_word_that_is_no_verdict_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="Received: 'contempt'"):
        adjudicate(session, 1, "contempt", by=1, now=NOW)
