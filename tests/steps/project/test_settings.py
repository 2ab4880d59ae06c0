from typing import Any

import pytest
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.project.audit_trail import audit_trail
from curator.steps.project.settings import CHOICES, change_settings, project_settings, settings
from db.labels import ConsensusMethod
from db.tables.settings import Order, Settings
from tests.makers import NOW, make_annotator


def test_every_choice_can_be_read_and_said_again_as_text(session: Session) -> None:
    chosen = project_settings(session)
    assert set(chosen) == set(CHOICES)
    assert set(CHOICES) == {column.key for column in Settings.__mapper__.column_attrs} - {"id"}
    again = {name: str(value) for name, value in chosen.items()}
    assert change_settings(session, again, None, NOW) == {}
    assert audit_trail(session) == []


def test_a_change_is_stored_and_noted_with_old_and_new(session: Session) -> None:
    ann = make_annotator(session, "ann")
    wanted = {"first_votes": "3", "order": "need", "gold_feedback": "yes", "gold_share": 0.1}
    assert change_settings(session, wanted, ann, NOW) == {
        "first_votes": (2, 3),
        "order": (Order.RANDOM, Order.NEED),
        "gold_feedback": (False, True),
    }
    stored = settings(session)
    assert (stored.first_votes, stored.order, stored.gold_feedback) == (3, Order.NEED, True)
    (line,) = audit_trail(session)
    assert (line.by, line.what) == ("ann", "settings changed")
    assert line.details == {
        "first_votes": [2, 3],
        "order": ["random", "need"],
        "gold_feedback": [False, True],
    }


def test_the_method_is_chosen_by_its_name(session: Session) -> None:
    change_settings(session, {"consensus": "dawid-skene"}, None, NOW)
    assert settings(session).consensus is ConsensusMethod.DAWID_SKENE


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"colour": 1}, "A setting is one of first_votes, .*Received: 'colour'"),
        ({"first_votes": "two"}, "`first_votes` must be a whole number. Received: 'two'"),
        ({"first_votes": 2.5}, "`first_votes` must be a whole number. Received: 2.5"),
        ({"first_votes": 6}, "`most_votes` must be at least `first_votes`"),
        ({"order": "mine"}, "`order` must be one of random, need. Received: 'mine'"),
        ({"gold_feedback": "maybe"}, "`gold_feedback` must be yes or no"),
        ({"gold_share": 0.3}, "`gold_share` must be 0 or from 0.05 to 0.15"),
        ({"gold_share": 0.01}, "`gold_share` must be 0 or from 0.05 to 0.15"),
        ({"gold_share": float("nan")}, "`gold_share` must be 0 or from"),
        ({"hidden_share": 0.9}, "`hidden_share` must be from 0 to 0.5"),
        ({"min_share": 0.5}, "`min_share` must be above 0.5"),
        ({"min_votes": 0}, "`min_votes` must be at least 1"),
        ({"duplicate_distance": 65}, "`duplicate_distance` must be from 0 to 64"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    session: Session, wanted: dict[str, Any], sentence: str
) -> None:
    before = project_settings(session)
    with pytest.raises(CuratorError, match=sentence):
        change_settings(session, {"asks_posing": True, **wanted}, None, NOW)
    assert project_settings(session) == before
    assert audit_trail(session) == []
