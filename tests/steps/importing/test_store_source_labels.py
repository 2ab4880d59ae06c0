import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.steps.importing.archives.collection import CollectionFile
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from curator.steps.importing.store_source_labels import (
    SourceStatement,
    StatementAdder,
    statements_of,
)
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.images import CrowdVote, Face, ImageBox, ImageLabel
from db.tables.people import Annotator
from tests.makers import NOW, make_face
from tests.steps.importing.bytes_place import BytesLocation

HAPPY = Statement("happiness", Expression.HAPPY, "ann")
SAD = Statement("sadness", Expression.SAD, "ann")


def entry(*statements: Statement) -> Entry:
    return Entry(CollectionFile("a.png", 1, BytesLocation(b"x")), statements)


@pytest.fixture
def image_id(project: Project, session: Session) -> int:
    face = session.get_one(Face, make_face(project, session, seed=1))
    return face.image_id


@pytest.fixture
def adder(session: Session) -> StatementAdder:
    return StatementAdder(session, "set", NOW)


def labels_of(session: Session) -> list[tuple[str, int, str]]:
    rows = session.execute(
        select(Annotator.name, ImageLabel.box_number, ImageLabel.label, ImageLabel.flag)
        .join(Annotator, Annotator.id == ImageLabel.annotator_id)
        .order_by(ImageLabel.id)
    )
    return [(name, box, str(label or flag)) for name, box, label, flag in rows]


def crowds_of(session: Session) -> list[tuple[str, str, int]]:
    rows = session.execute(
        select(Annotator.name, CrowdVote.verdict, CrowdVote.voters)
        .join(Annotator, Annotator.id == CrowdVote.annotator_id)
        .order_by(CrowdVote.id)
    )
    return [(name, verdict, voters) for name, verdict, voters in rows]


def test_nothing_said_is_no_voice() -> None:
    assert statements_of([]) == []
    assert statements_of([Statement("contempt")]) == []


def test_counts_of_voters_are_one_voice_and_their_numbers_add_up() -> None:
    voters = [Statement("NF", Flag.UNSURE, "FER+", voters=n) for n in (1, 2)]
    assert statements_of(voters) == [SourceStatement("FER+", None, frozenset({("unsure", 3)}))]


def test_a_flag_of_a_source_is_kept_like_a_label(
    adder: StatementAdder, session: Session, image_id: int
) -> None:
    adder.add([(image_id, entry(Statement("NF", Flag.NOT_A_FACE, "ann")))])
    assert labels_of(session) == [("set/ann", 0, "not a face")]


def test_the_same_word_again_adds_nothing(
    adder: StatementAdder, session: Session, image_id: int
) -> None:
    said = entry(HAPPY, Statement("x", Expression.SAD, "FER+", voters=3))
    added, _ = adder.add([(image_id, said)])
    assert added == {image_id: 2}
    assert adder.add([(image_id, said)]) == ({}, [])
    assert labels_of(session) == [("set/ann", 0, "happy")]
    assert crowds_of(session) == [("set/FER+", "sad", 3)]


def test_a_picture_that_a_source_holds_twice_with_two_labels_keeps_both(
    adder: StatementAdder, session: Session, image_id: int
) -> None:
    first, second = Statement("3", Expression.HAPPY), Statement("4", Expression.SAD)
    _, issues = adder.add([(image_id, entry(first)), (image_id, entry(second))])
    assert labels_of(session) == [("set/labels", 0, "happy"), ("set/labels (2)", 0, "sad")]
    assert issues == [Issue("a.png", "set calls it happy and sad; both are kept.")]
    assert adder.add([(image_id, entry(first)), (image_id, entry(second))])[0] == {}


def test_two_crowds_that_differ_on_one_picture_are_both_kept(
    adder: StatementAdder, session: Session, image_id: int
) -> None:
    votes = [entry(Statement("x", Expression.SAD, "FER+", voters=n)) for n in (9, 10)]
    adder.add([(image_id, one) for one in votes])
    assert crowds_of(session) == [("set/FER+", "sad", 9), ("set/FER+ (2)", "sad", 10)]


def test_boxes_are_numbered_in_their_order_and_stay_so(
    adder: StatementAdder, session: Session, image_id: int
) -> None:
    left, right = (0.0, 0.0, 10.0, 10.0), (20.0, 0.0, 30.0, 10.0)
    unknown = Statement("contempt", None, "ann", left)
    adder.add([(image_id, entry(unknown, Statement("4", Expression.SAD, "ann", right)))])
    adder.add([(image_id, entry(Statement("3", Expression.HAPPY, "bob", right)))])
    numbers = session.execute(select(ImageBox.number, ImageBox.x_min).order_by(ImageBox.number))
    assert [tuple(row) for row in numbers] == [(1, 0.0), (2, 20.0)]
    assert labels_of(session) == [("set/ann", 2, "sad"), ("set/bob", 2, "happy")]
