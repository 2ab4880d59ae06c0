"""Who may come in: accounts, and the one person of a local project."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.people.passwords import hashed, is_right
from db.files.blobs import sha256_of
from db.tables.audit import note
from db.tables.people import Annotator, Role, SignIn

LOCAL_NAME = "local"


@dataclass(frozen=True)
class Person:
    """Somebody who is in.

    Attributes:
        id: The annotator's row.
        name: What the person is called.
        role: What the person may do.
        key: Tells this person of this project from every other, also from those of
            other projects at the same address; browsers name their outbox by it.
        csrf_token: What the person's pages send back with every change; empty for the
            local person, who has no sign-in.
    """

    id: int
    name: str
    role: Role
    key: str
    csrf_token: str = ""


@dataclass(frozen=True)
class Account:
    """A new account: who it is for, and by which doors that person comes in.

    Attributes:
        name: What the person is called.
        role: What the person may do.
        password: Lets the person in with the name.
        email: Lets the person in through the provider that vouches for it.
    """

    name: str
    role: Role
    password: str | None = None
    email: str | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without the database."""
        if not 1 <= len(self.name) <= 100 or self.name != self.name.strip() or "/" in self.name:
            raise CuratorError(
                "A name has 1 to 100 characters, no slash and no space at its ends. "
                f"Received: {self.name!r}"
            )
        if self.role is Role.SOURCE:
            raise CuratorError(
                "The role 'source' is for names that sources bring. "
                "Choose annotator, reviewer or owner."
            )
        if self.password is None and self.email is None:
            raise CuratorError("An account needs a password, an e-mail address, or both.")


def add_account(session: Session, account: Account, now: datetime, by: int | None = None) -> int:
    """Add an account and return its id; the caller commits.

    Args:
        by: The owner who adds it; None for the command line.

    Raises:
        CuratorError: The name or the e-mail address is taken, the address is none, or
            the password is too short.
    """
    annotator = Annotator(
        name=account.name,
        role=account.role,
        password_hash=None if account.password is None else hashed(account.password),
        email=None if account.email is None else _free_email(session, account.email),
        created_at=now,
    )
    if session.scalar(select(Annotator.id).where(Annotator.name == account.name)) is not None:
        raise CuratorError(
            f"There is somebody called {account.name!r} already. Choose another name."
        )
    session.add(annotator)
    session.flush()
    note(session, "account added", {"name": account.name, "role": account.role.value}, by, now)
    return annotator.id


def plain_email(email: str) -> str:
    """Write an e-mail address the one way in which it is stored and compared.

    Example:
        >>> plain_email(" Ann@Lab.example ")
        'ann@lab.example'
    """
    return email.strip().lower()


def _free_email(session: Session, email: str) -> str:
    email = plain_email(email)
    name, at, host = email.partition("@")
    is_one_word = email.isprintable() and " " not in email
    if not (name and at and host and is_one_word) or "@" in host or len(email) > 200:
        raise CuratorError(f"Expected an e-mail address such as ann@lab.example. Received: {email}")
    if session.scalar(select(Annotator.id).where(Annotator.email == email)) is not None:
        raise CuratorError(f"The address {email} belongs to another account of this project.")
    return email


def set_password(
    session: Session, name: str, password: str, now: datetime, by: int | None = None
) -> None:
    """Give an account a new password and end its sign-ins; the caller commits.

    Raises:
        CuratorError: There is no such account, or the password is too short.
    """
    password_hash = hashed(password)
    annotator = _account(session, name)
    annotator.password_hash = password_hash
    _end_sign_ins(session, annotator.id)
    note(session, "password changed", {"name": name}, by, now)


def set_email(
    session: Session, name: str, email: str, now: datetime, by: int | None = None
) -> None:
    """Give an account an e-mail address and end its sign-ins; the caller commits.

    Whoever the provider vouches for under this address at the next sign-in is the person
    of the account from then on; whoever was before is not.

    Raises:
        CuratorError: There is no such account, or the address is none or taken.
    """
    annotator = _account(session, name)
    annotator.email = None
    session.flush()
    annotator.email = _free_email(session, email)
    annotator.oidc_subject = None
    _end_sign_ins(session, annotator.id)
    note(session, "e-mail address changed", {"name": name}, by, now)


def set_role(session: Session, name: str, role: Role, now: datetime, by: int | None = None) -> None:
    """Give an account another role, which holds at once; the caller commits.

    Raises:
        CuratorError: There is no such account, or the role is for sources.
    """
    if role is Role.SOURCE:
        raise CuratorError("An account is of an annotator, a reviewer or an owner.")
    annotator = _account(session, name)
    note(
        session, "role changed", {"name": name, "role": [annotator.role.value, role.value]}, by, now
    )
    annotator.role = role


def revoke(session: Session, name: str, now: datetime, by: int | None = None) -> None:
    """Close an account and end its sign-ins; what the person labelled stays.

    The caller commits. An open page of the person is shut within five seconds.

    Raises:
        CuratorError: There is no such account.
    """
    annotator = _account(session, name)
    annotator.revoked_at = now
    _end_sign_ins(session, annotator.id)
    note(session, "account closed", {"name": name}, by, now)


def sign_out_everywhere(session: Session, name: str, now: datetime, by: int | None = None) -> None:
    """End every sign-in of an account; the caller commits.

    Raises:
        CuratorError: There is no such account.
    """
    _end_sign_ins(session, _account(session, name).id)
    note(session, "signed out everywhere", {"name": name}, by, now)


def _account(session: Session, name: str) -> Annotator:
    annotator = session.scalar(
        select(Annotator).where(Annotator.name == name, Annotator.role != Role.SOURCE)
    )
    if annotator is None:
        raise CuratorError(f"There is no account called {name!r}. List them: curator people list")
    return annotator


def accounts(session: Session) -> list[Annotator]:
    """List the people of the project by name, closed accounts among them, without sources."""
    query = select(Annotator).where(Annotator.role != Role.SOURCE).order_by(Annotator.name)
    return list(session.scalars(query))


def _end_sign_ins(session: Session, annotator_id: int) -> None:
    session.execute(delete(SignIn).where(SignIn.annotator_id == annotator_id))


def has_accounts(session: Session) -> bool:
    """Tell whether the project has accounts.

    Closed ones count: a project whose last account was closed must not fall open. So do
    those without a password.
    """
    has_a_door = or_(
        Annotator.password_hash.is_not(None),
        Annotator.email.is_not(None),
        Annotator.oidc_subject.is_not(None),
    )
    query = select(Annotator.id).where(has_a_door, Annotator.role != Role.SOURCE).limit(1)
    return session.scalar(query) is not None


def annotator_with_password(session: Session, name: str, password: str) -> int | None:
    """Find the open account that a name and a password belong to.

    It takes as long for an unknown name as for a wrong password, so that nobody learns
    which names exist. Slow on purpose: call it before taking the write lock.
    """
    annotator = session.scalar(
        select(Annotator).where(Annotator.name == name, Annotator.revoked_at.is_(None))
    )
    stored = annotator.password_hash if annotator else None
    return annotator.id if is_right(stored, password) and annotator else None


def person_with_id(session: Session, annotator_id: int) -> Person | None:
    """Find a person by the annotator's row; nobody when the account is closed."""
    annotator = session.get(Annotator, annotator_id)
    if annotator is None or annotator.revoked_at is not None or annotator.role is Role.SOURCE:
        return None
    return person_of(annotator)


def local_person(session: Session, now: datetime) -> Person:
    """Find or make the one person of a project without accounts; the caller commits.

    Raises:
        CuratorError: The project has accounts, or a source brought the name.
    """
    if has_accounts(session):
        raise CuratorError("This project has accounts. Sign in with one of them.")
    annotator = session.scalar(select(Annotator).where(Annotator.name == LOCAL_NAME))
    if annotator is None:
        annotator = Annotator(name=LOCAL_NAME, role=Role.OWNER, created_at=now)
        session.add(annotator)
        session.flush()
    if annotator.role is Role.SOURCE:
        raise CuratorError(
            f"A source brought an annotator called {LOCAL_NAME!r}, so you need an account. "
            "Make one: curator people add NAME --role owner"
        )
    return person_of(annotator)


def person_of(annotator: Annotator, csrf_token: str = "") -> Person:
    """Say who an annotator is."""
    key = sha256_of(f"{annotator.id} {annotator.name} {annotator.created_at.timestamp()}".encode())[
        :16
    ]
    return Person(annotator.id, annotator.name, annotator.role, key, csrf_token)
