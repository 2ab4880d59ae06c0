"""Passwords: kept as argon2 hashes, slow on purpose."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from curator.errors import CuratorError

SHORTEST_PASSWORD = 8

_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """Hash a new password.

    Raises:
        CuratorError: It is too short.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise CuratorError(
            f"A password needs at least {SHORTEST_PASSWORD} characters. "
            f"Received: {len(password)}. Choose a longer one."
        )
    return _HASHER.hash(password)


def is_right(password_hash: str | None, password: str) -> bool:
    """Tell whether a password belongs to a hash.

    Without a hash the answer is no, after the same time, so that nobody learns which
    names exist.
    """
    try:
        return _HASHER.verify(password_hash or _hash_of_nobody(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hash_of_nobody() -> str:
    return _HASHER.hash(secrets.token_hex())
