"""Sign-ins: browsers that have shown who is before them."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from curator.steps.people.accounts import Person, person_of
from db.files.blobs import sha256_of
from db.tables.people import Annotator, SignIn

SIGN_IN_HOURS = 12


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
    return None if row is None else person_of(row[0], row[1])


def _sha256(token: str) -> str:
    return sha256_of(token.encode())
