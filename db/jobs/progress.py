"""Long work that can be watched, committed in batches and stopped."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.orm import Session

BATCH_ROWS = 100
"""Rows a long step writes before it yields, so that nobody waits long behind it."""


@dataclass(frozen=True)
class Progress:
    """How far a long step is.

    Attributes:
        done: Items finished.
        total: Items there are; 0 when not known yet.
        message: What is being done, for people; may be empty.
    """

    done: int
    total: int
    message: str = ""


Result = TypeVar("Result")

Steps = Generator[Progress, None, Result]
"""A long step: it yields its progress at each point where it may be committed or
stopped, and returns its result. Closing it stops it there; what was committed stays."""


def committing(session: Session, steps: Steps[Result]) -> Steps[Result]:
    """Commit the session at each point where a long step allows it, and at its end."""
    while True:
        try:
            progress = next(steps)
        except StopIteration as end:
            session.commit()
            result: Result = end.value
            return result
        session.commit()
        yield progress


def finished(steps: Steps[Result]) -> Result:
    """Run a long step to its end without watching it, and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: Result = end.value
            return result
