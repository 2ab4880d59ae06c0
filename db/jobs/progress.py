"""Long work that can be watched, committed in batches and stopped."""

from collections import deque
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

BATCH_ROWS = 100
"""Rows a long step writes before it lets them be committed, so that nobody waits long behind it.

It yields more often, with each item: who stores or shows that takes as much as can be read."""


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


class Followed(Generic[Result]):
    """The progress of a long step, to go through once.

    Attributes:
        result: What the step returns; there when all its progress has been gone through.

    Example:
        >>> def counting():
        ...     yield Progress(1, 2)
        ...     return "two"
        >>> steps = Followed(counting())
        >>> [progress.done for progress in steps], steps.result
        ([1], 'two')
    """

    result: Result

    def __init__(self, steps: Steps[Result]) -> None:
        self._steps = steps

    def __iter__(self) -> Iterator[Progress]:
        self.result = yield from self._steps


def committing(session: Session, steps: Steps[Result]) -> Steps[Result]:
    """Commit the session at each point where a long step allows it, and at its end."""
    followed = Followed(steps)
    for progress in followed:
        session.commit()
        yield progress
    session.commit()
    return followed.result


def finished(steps: Steps[Result]) -> Result:
    """Run a long step to its end without watching it, and return its result."""
    followed = Followed(steps)
    deque(followed, maxlen=0)
    return followed.result
