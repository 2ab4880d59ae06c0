from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from curator.errors import CuratorError
from curator.steps.people.accounts import (
    Account,
    accounts,
    add_account,
    annotator_with_password,
    has_accounts,
    local_person,
    person_with_id,
    revoke,
    set_email,
    set_password,
    set_role,
    sign_out_everywhere,
)
from curator.steps.people.sessions import SIGN_IN_HOURS, person_of_token, sign_in, sign_out
from db.project.project_folder import Project
from db.tables import Annotator, Role, SignIn
from db.tables.audit import Change
from tests.makers import NOW, add_person, make_annotator, make_empty_project

PASSWORD = "correct horse"  # noqa: S105 - of nobody
OTHER = "battery staple"


def make_project_with_ann(folder: Path) -> Project:
    project = make_empty_project(folder)
    with project.writing() as session:
        add_person(session, "ann", Role.REVIEWER, PASSWORD, NOW)
        session.commit()
    return project


def test_the_right_password_opens_and_the_token_says_who_it_is(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session:
        annotator_id = annotator_with_password(session, "ann", PASSWORD)
        assert annotator_id is not None
        token = sign_in(session, annotator_id, NOW)
        session.commit()
        person = person_of_token(session, token, NOW)
        stored = session.scalars(select(SignIn)).one()

    assert person is not None
    assert (person.id, person.name, person.role) == (annotator_id, "ann", Role.REVIEWER)
    assert person.csrf_token == stored.csrf_token
    assert token not in stored.token_sha256


def test_wrong_names_and_passwords_do_not_open(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.reading() as session:
        assert annotator_with_password(session, "ann", OTHER) is None
        assert annotator_with_password(session, "bob", PASSWORD) is None
        assert annotator_with_password(session, "ann", "") is None


def test_a_sign_in_ends_by_itself_and_by_signing_out(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session:
        token = sign_in(session, 1, NOW)
        other_token = sign_in(session, 1, NOW)
        later = NOW + timedelta(hours=SIGN_IN_HOURS)
        assert person_of_token(session, token, later - timedelta(seconds=1)) is not None
        assert person_of_token(session, token, later) is None

        sign_out(session, token)
        assert person_of_token(session, token, NOW) is None
        assert person_of_token(session, other_token, NOW) is not None
        assert person_of_token(session, "no such token", NOW) is None


def test_a_closed_account_is_out_and_does_not_come_in_again(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session:
        token = sign_in(session, 1, NOW)
        revoke(session, "ann", NOW)
        session.flush()

        assert person_of_token(session, token, NOW) is None
        assert annotator_with_password(session, "ann", PASSWORD) is None
        assert person_with_id(session, 1) is None
        assert has_accounts(session), "a project whose accounts are closed must not fall open"


def test_a_new_password_ends_the_sign_ins_made_with_the_old_one(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session:
        token = sign_in(session, 1, NOW)
        set_password(session, "ann", OTHER, NOW)
        session.flush()

        assert person_of_token(session, token, NOW) is None
        assert annotator_with_password(session, "ann", PASSWORD) is None
        assert annotator_with_password(session, "ann", OTHER) == 1


@pytest.mark.parametrize(
    ("name", "role", "password", "message"),
    [
        ("ann", Role.OWNER, PASSWORD, "somebody called 'ann' already"),
        ("", Role.OWNER, PASSWORD, "1 to 100 characters"),
        (" bob", Role.OWNER, PASSWORD, "no space at its ends"),
        ("bob", Role.SOURCE, PASSWORD, "names that sources bring"),
        ("bob", Role.OWNER, "short", "at least 8 characters. Received: 5"),
    ],
)
def test_accounts_that_cannot_be_are_refused(
    tmp_path: Path, name: str, role: Role, password: str, message: str
) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session, pytest.raises(CuratorError, match=message):
        add_person(session, name, role, password, NOW)


@pytest.mark.parametrize("email", ["", "ann", "@lab.example", "ann@", "a@b@c", "a b@lab.example"])
def test_what_is_no_email_address_is_refused(tmp_path: Path, email: str) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session, pytest.raises(CuratorError, match="an e-mail address"):
        add_account(session, Account("ann", Role.OWNER, email=email), NOW)


def test_an_account_has_a_door_and_its_address_is_its_own(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match="a password, an e-mail address, or both"):
        Account("ann", Role.OWNER)
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        add_account(session, Account("ann", Role.OWNER, email=" Ann@Lab.example "), NOW)
        with pytest.raises(CuratorError, match=r"ann@lab\.example belongs to another account"):
            add_account(session, Account("bob", Role.OWNER, email="ANN@lab.example"), NOW)


def test_a_project_whose_only_account_is_by_email_is_not_open_to_the_local_person(
    tmp_path: Path,
) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        add_account(session, Account("ann", Role.OWNER, email="ann@lab.example"), NOW)
        assert has_accounts(session)
        with pytest.raises(CuratorError, match="has accounts"):
            local_person(session, NOW)
        assert annotator_with_password(session, "ann", "") is None
        revoke(session, "ann", NOW)
        session.flush()
        assert has_accounts(session)


def test_another_role_holds_at_once_and_no_sign_in_ends(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session:
        token = sign_in(session, 1, NOW)
        set_role(session, "ann", Role.ANNOTATOR, NOW)
        session.flush()
        person = person_of_token(session, token, NOW)
        with pytest.raises(CuratorError, match="an annotator, a reviewer or an owner"):
            set_role(session, "ann", Role.SOURCE, NOW)
    assert person is not None
    assert person.role is Role.ANNOTATOR


def test_signing_out_everywhere_ends_every_sign_in_of_that_person_only(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session:
        bob = add_person(session, "bob", Role.ANNOTATOR, PASSWORD, NOW)
        tokens = [sign_in(session, 1, NOW), sign_in(session, 1, NOW)]
        token_of_bob = sign_in(session, bob, NOW)
        sign_out_everywhere(session, "ann", NOW)
        session.flush()
        assert [person_of_token(session, token, NOW) for token in tokens] == [None, None]
        assert person_of_token(session, token_of_bob, NOW) is not None


def test_every_change_of_an_account_is_in_the_audit_trail_without_its_secrets(
    tmp_path: Path,
) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        add_person(session, "ann", Role.REVIEWER, PASSWORD, NOW)
        set_password(session, "ann", OTHER, NOW)
        set_email(session, "ann", "ann@lab.example", NOW)
        set_role(session, "ann", Role.OWNER, NOW, by=1)
        sign_out_everywhere(session, "ann", NOW)
        revoke(session, "ann", NOW)
        session.flush()
        trail = [(c.what, c.details, c.by_id) for c in session.scalars(select(Change))]

    assert trail == [
        ("account added", {"name": "ann", "role": "reviewer"}, None),
        ("password changed", {"name": "ann"}, None),
        ("e-mail address changed", {"name": "ann"}, None),
        ("role changed", {"name": "ann", "role": ["reviewer", "owner"]}, 1),
        ("signed out everywhere", {"name": "ann"}, None),
        ("account closed", {"name": "ann"}, None),
    ]


def test_who_is_no_account_can_be_neither_closed_nor_given_a_password(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        make_annotator(session, "legend", Role.SOURCE)
        with pytest.raises(CuratorError, match="no account called 'legend'"):
            set_password(session, "legend", PASSWORD, NOW)
        with pytest.raises(CuratorError, match="no account called 'bob'"):
            revoke(session, "bob", NOW)
        assert accounts(session) == []


def test_the_local_person_is_made_once_and_owns_the_project(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        first = local_person(session, NOW)
        session.commit()
        second = local_person(session, NOW)
        names = session.scalars(select(Annotator.name)).all()

    assert first == second
    assert first.role is Role.OWNER
    assert names == ["local"]


def test_the_local_person_can_become_an_account_and_stays_the_same_annotator(
    tmp_path: Path,
) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        person = local_person(session, NOW)
        set_password(session, "local", PASSWORD, NOW)
        session.flush()
        assert annotator_with_password(session, "local", PASSWORD) == person.id
        with pytest.raises(CuratorError, match="has accounts"):
            local_person(session, NOW)


def test_there_is_no_local_person_beside_accounts(tmp_path: Path) -> None:
    project = make_project_with_ann(tmp_path)
    with project.writing() as session, pytest.raises(CuratorError, match="has accounts"):
        local_person(session, NOW)


def test_an_annotator_of_a_source_is_not_taken_for_the_local_person(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        make_annotator(session, "local", Role.SOURCE)
        with pytest.raises(CuratorError, match="curator people add"):
            local_person(session, NOW)


def test_the_local_persons_of_two_projects_have_other_keys(tmp_path: Path) -> None:
    keys = set()
    for number in (1, 2):
        project = make_empty_project(tmp_path / str(number))
        with project.writing() as session:
            keys.add(local_person(session, NOW + timedelta(microseconds=number)).key)
    assert len(keys) == 2
