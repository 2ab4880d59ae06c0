import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.consensus.settle_labels import consensus
from curator.steps.review.send_back import send_back
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.annotations import SentBack
from db.tables.assignment import FaceVotes
from db.tables.people import Role
from tests.makers import NOW, annotate, make_annotator, make_face


def test_what_is_sent_back_no_longer_counts_until_it_is_given_anew(
    project: Project, session: Session
) -> None:
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
    face = make_face(project, session, seed=1)
    annotate(session, face, {ann: Expression.SAD, bob: Expression.FEAR})
    assert send_back(session, [1], " the mouth? ", bob, NOW) == 1
    assert session.scalar(select(SentBack.note)) == "the mouth?"
    assert consensus(session)["votes"].get(face) == 1
    assert session.scalar(select(FaceVotes.votes)) == 1
    annotate(session, face, {ann: Expression.FEAR})
    assert consensus(session)["verdict"].get(face) == "fear"


def test_nobody_can_ask_a_source_or_a_closed_account(project: Project, session: Session) -> None:
    source = make_annotator(session, "FER", Role.SOURCE)
    face = make_face(project, session, seed=1)
    annotate(session, face, {source: Expression.SAD})
    with pytest.raises(CuratorError, match="came with a source"):
        send_back(session, [1], "", source, NOW)


def test_what_the_annotator_has_changed_meanwhile_and_what_was_sent_back_is_left(
    project: Project, session: Session
) -> None:
    ann, face = make_annotator(session, "ann"), make_face(project, session, seed=1)
    annotate(session, face, {ann: Expression.SAD})
    annotate(session, face, {ann: Expression.FEAR})
    assert send_back(session, [1, 2], "", ann, NOW) == 1
    with pytest.raises(CuratorError, match="have changed them meanwhile"):
        send_back(session, [2], "", ann, NOW)


def test_a_note_is_short(session: Session) -> None:
    with pytest.raises(CuratorError, match="at most 500 characters"):
        send_back(session, [1], "x" * 501, 1, NOW)
