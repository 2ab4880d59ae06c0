import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.people.accounts import Account, add_account, revoke, set_email
from curator.steps.people.openid_accounts import OpenIdIdentity, annotator_of_identity
from db.tables.audit import Change
from db.tables.people import Annotator, Role
from tests.makers import NOW, add_person

ISSUER = "https://id.example"
EMAIL = "ann@lab.example"


@pytest.fixture
def ann(session: Session) -> int:
    return add_account(session, Account("ann", Role.REVIEWER, email=EMAIL), NOW)


def vouched_for(session: Session, subject: str, email: str | None, issuer: str = ISSUER) -> object:
    return annotator_of_identity(session, OpenIdIdentity(issuer, subject, email), NOW)


def test_the_first_time_the_address_says_who_it_is_and_later_the_subject_alone(
    session: Session, ann: int
) -> None:
    assert vouched_for(session, "7", "Ann@LAB.example") == ann
    assert vouched_for(session, "7", "married@lab.example") == ann
    assert vouched_for(session, "7", None) == ann
    assert session.scalar(select(Annotator.oidc_subject)) == "https://id.example 7"
    assert session.scalars(select(Change.what)).all()[1:] == ["account bound to provider"]


def test_an_address_that_has_gone_to_somebody_else_opens_nothing(
    session: Session, ann: int
) -> None:
    assert vouched_for(session, "7", EMAIL) == ann
    assert vouched_for(session, "8", EMAIL) is None
    assert vouched_for(session, "7", EMAIL, issuer="https://other.example") is None


@pytest.mark.usefixtures("ann")
def test_who_is_unknown_unverified_or_closed_stays_out(session: Session) -> None:
    assert vouched_for(session, "8", "bob@lab.example") is None
    assert vouched_for(session, "7", None) is None
    revoke(session, "ann", NOW)
    session.flush()
    assert vouched_for(session, "7", EMAIL) is None


def test_who_was_bound_stays_out_when_closed(session: Session, ann: int) -> None:
    assert vouched_for(session, "7", EMAIL) == ann
    revoke(session, "ann", NOW)
    session.flush()
    assert vouched_for(session, "7", EMAIL) is None


def test_a_new_address_frees_the_account_for_another_person_of_the_provider(
    session: Session, ann: int
) -> None:
    assert vouched_for(session, "7", EMAIL) == ann
    set_email(session, "ann", "new@lab.example", NOW)
    session.flush()
    assert vouched_for(session, "7", EMAIL) is None
    assert vouched_for(session, "8", "new@lab.example") == ann


def test_an_account_with_a_password_only_is_nobody_to_the_provider(session: Session) -> None:
    add_person(session, EMAIL, Role.OWNER, "correct horse", NOW)
    assert vouched_for(session, "7", EMAIL) is None
