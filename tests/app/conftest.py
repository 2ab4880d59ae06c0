"""Passwords that are quick to check, so that many tests can have people."""

import pytest
from argon2 import PasswordHasher

from curator.steps.people import passwords
from tests import one_scan

__all__ = ["one_scan"]


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with the least work that argon2 knows."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", quick)
