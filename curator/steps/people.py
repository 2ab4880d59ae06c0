"""Who may come in: accounts, passwords, sign-ins, and the one person of a local project."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from db.people import Annotator, Role, SignIn
from db.storage import sha256_of

LOCAL_NAME = "local"
SIGN_IN_HOURS = 12
SHORTEST_PASSWORD = 8

_HASHER = PasswordHasher()


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


def add_person(session: Session, name: str, role: Role, password: str, now: datetime) -> int:
    """Add an account and return its id; the caller commits.

    Raises:
        CuratorError: The name is taken or empty, the role is for sources, or the
            password is too short.
    """
    _check_account(name, role)
    password_hash = _hashed(password)
    if session.scalar(select(Annotator.id).where(Annotator.name == name)) is not None:
        raise CuratorError(f"There is somebody called {name!r} already. Choose another name.")
    annotator = Annotator(name=name, role=role, password_hash=password_hash, created_at=now)
    session.add(annotator)
    session.flush()
    return annotator.id


def _check_account(name: str, role: Role) -> None:
    if not 1 <= len(name) <= 100 or name != name.strip() or "/" in name:
        raise CuratorError(
            f"A name has 1 to 100 characters, no slash and no space at its ends. Received: {name!r}"
        )
    if role is Role.SOURCE:
        raise CuratorError(
            "The role 'source' is for names that sources bring. "
            "Choose annotator, reviewer or owner."
        )


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise CuratorError(
            f"A password needs at least {SHORTEST_PASSWORD} characters. "
            f"Received: {len(password)}. Choose a longer one."
        )
    return _HASHER.hash(password)


def set_password(session: Session, name: str, password: str) -> None:
    """Give an account a new password and end its sign-ins; the caller commits.

    Raises:
        CuratorError: There is no such account, or the password is too short.
    """
    password_hash = _hashed(password)
    annotator = _account(session, name)
    annotator.password_hash = password_hash
    _end_sign_ins(session, annotator.id)


def revoke(session: Session, name: str, now: datetime) -> None:
    """Close an account and end its sign-ins; what the person labelled stays.

    The caller commits. An open page of the person is shut within five seconds.

    Raises:
        CuratorError: There is no such account.
    """
    annotator = _account(session, name)
    annotator.revoked_at = now
    _end_sign_ins(session, annotator.id)


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

    Closed ones count: a project whose last account was closed must not fall open.
    """
    query = select(Annotator.id).where(Annotator.password_hash.is_not(None)).limit(1)
    return session.scalar(query) is not None


def annotator_with_password(session: Session, name: str, password: str) -> int | None:
    """Find the open account that a name and a password belong to.

    It takes as long for an unknown name as for a wrong password, so that nobody learns
    which names exist. Slow on purpose: call it before taking the write lock.
    """
    annotator = session.scalar(
        select(Annotator).where(
            Annotator.name == name,
            Annotator.password_hash.is_not(None),
            Annotator.revoked_at.is_(None),
        )
    )
    stored = annotator.password_hash if annotator else None
    is_right = _is_right(stored or _hash_of_nobody(), password)
    return annotator.id if annotator and is_right else None


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex())


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def sign_in(session: Session, annotator_id: int, now: datetime) -> str:
    """Sign a person in and return the token for the browser; the caller commits.

    Only the token's SHA-256 is kept. Sign-ins that have run out are swept away.
    """
    token = secrets.token_urlsafe(32)
    session.execute(delete(SignIn).where(SignIn.expires_at < now))
    session.add(
        SignIn(
            token_sha256=_sha256(token),
            annotator_id=annotator_id,
            csrf_token=secrets.token_urlsafe(24),
            created_at=now,
            expires_at=now + timedelta(hours=SIGN_IN_HOURS),
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """Forget a sign-in; the caller commits. An unknown token is nothing to complain of."""
    session.execute(delete(SignIn).where(SignIn.token_sha256 == _sha256(token)))


def person_of_token(session: Session, token: str, now: datetime) -> Person | None:
    """Find who holds a token; nobody when it is unknown, run out, or of a closed account."""
    row = session.execute(
        select(Annotator, SignIn.csrf_token)
        .join(SignIn, SignIn.annotator_id == Annotator.id)
        .where(
            SignIn.token_sha256 == _sha256(token),
            SignIn.expires_at > now,
            Annotator.revoked_at.is_(None),
        )
    ).first()
    return None if row is None else _person(row[0], row[1])


def person_with_id(session: Session, annotator_id: int) -> Person | None:
    """Find a person by the annotator's row; nobody when the account is closed."""
    annotator = session.get(Annotator, annotator_id)
    if annotator is None or annotator.revoked_at is not None or annotator.role is Role.SOURCE:
        return None
    return _person(annotator)


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
    return _person(annotator)


def _person(annotator: Annotator, csrf_token: str = "") -> Person:
    key = _sha256(f"{annotator.id} {annotator.name} {annotator.created_at.timestamp()}")[:16]
    return Person(annotator.id, annotator.name, annotator.role, key, csrf_token)


def _sha256(text: str) -> str:
    return sha256_of(text.encode())
