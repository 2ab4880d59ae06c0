"""Find whom an OpenID Connect provider vouches for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.people.accounts import plain_email
from db.tables.audit import note
from db.tables.people import Annotator, Role


@dataclass(frozen=True)
class OpenIdIdentity:
    """What a provider says of somebody whom it has signed in.

    Attributes:
        issuer: The provider's own address.
        subject: The provider's name of the person, which never goes to another one.
        email: The person's address; None unless the provider has verified it.
    """

    issuer: str
    subject: str
    email: str | None


def annotator_of_identity(session: Session, vouched: OpenIdIdentity, now: datetime) -> int | None:
    """Find the open account of somebody; the caller holds the write lock and commits.

    The first time the verified e-mail address says which account it is; from then on the
    provider's subject alone does, since an address can change hands.

    Returns:
        The annotator's id; None when no open account is meant.
    """
    subject = f"{vouched.issuer} {vouched.subject}"
    annotator = session.scalar(select(Annotator).where(Annotator.oidc_subject == subject))
    if annotator is None and vouched.email is not None:
        annotator = _first_time(session, plain_email(vouched.email))
        if annotator is not None:
            annotator.oidc_subject = subject
            note(session, "account bound to provider", {"name": annotator.name}, None, now)
    return None if annotator is None or annotator.revoked_at is not None else annotator.id


def _first_time(session: Session, email: str) -> Annotator | None:
    return session.scalar(
        select(Annotator).where(
            Annotator.email == email,
            Annotator.oidc_subject.is_(None),
            Annotator.revoked_at.is_(None),
            Annotator.role != Role.SOURCE,
        )
    )
