"""Who labels: annotators and their sign-ins."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.tables.base import Base, UtcDateTime


class Role(StrEnum):
    """What a person may do; each role may do all that those before it may.

    `SOURCE` is no person: it stands for an annotator named by an imported source, who
    cannot sign in.
    """

    SOURCE = "source"
    ANNOTATOR = "annotator"
    REVIEWER = "reviewer"
    OWNER = "owner"

    def may(self, needed: "Role") -> bool:
        """Tell whether this role may do what `needed` may do."""
        order = list(Role)
        return self is not Role.SOURCE and order.index(self) >= order.index(needed)


def value_enum(kind: type[StrEnum], name: str | None = None) -> Enum:
    """Make a column type that stores an enum by its value and lets nothing else in.

    Args:
        name: Of its check; the enum's own unless a table has two columns of one enum.
    """
    return Enum(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        name=name or kind.__name__.lower(),
        length=32,
    )


class Annotator(Base):
    """A person, or a name that a source gives to whoever labelled there.

    `email` lets somebody in through an OpenID Connect provider that vouches for it;
    `oidc_subject` is the provider's own name of the person (issuer, space, subject), kept
    at the first such sign-in, since an address can change hands.
    """

    __tablename__ = "annotators"
    __table_args__ = (
        CheckConstraint("role != 'source' OR password_hash IS NULL", name="source_has_no_password"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    role: Mapped[Role] = mapped_column(value_enum(Role))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(200), index=True, unique=True)
    oidc_subject: Mapped[str | None] = mapped_column(String(300), index=True, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignIn(Base):
    """A signed-in browser. Only the hash of its token is kept, so that a copy of the
    database opens no door.
    """

    __tablename__ = "sign_ins"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(ForeignKey("annotators.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
