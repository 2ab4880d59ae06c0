"""Who is asking: the person behind a token, remembered for a moment."""

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import anyio
import anyio.to_thread

from curator.steps.people import Person, has_accounts, local_person, person_of_token
from db.project import Project

TRUST_SECONDS = 2.0
MOST_TRUSTED = 10_000


@dataclass(frozen=True)
class Visit:
    """What is known of whoever sent a token.

    Attributes:
        is_local: The project has no accounts: everybody at this machine is its person.
        person: Who it is, or nobody.
    """

    is_local: bool
    person: Person | None


class Visitors:
    """Find the person behind a token, asking the database at most every two seconds.

    So a closed account is out within that time, also when another process closed it.

    Attributes:
        project: Whose people are meant.
        failed_tries: The failed sign-ins of the last minutes.
        password_checks: Lets few checks run at once: each takes 64 MiB for a moment.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.failed_tries = FailedTries()
        self.password_checks = anyio.CapacityLimiter(2)
        self._visits: OrderedDict[str, tuple[float, Visit]] = OrderedDict()
        self._local_person: Person | None = None

    async def visit(self, token: str) -> Visit:
        """Find who holds a token; without one, who needs none."""
        until, visit = self._visits.get(token, (0.0, None))
        if visit is None or until < time.monotonic():
            visit = await anyio.to_thread.run_sync(self._look_up, token)
            self._trust(token, visit)
        return visit

    def forget(self, token: str) -> None:
        """Ask the database at the next visit of this token."""
        self._visits.pop(token, None)

    def _trust(self, token: str, visit: Visit) -> None:
        self._visits[token] = (time.monotonic() + TRUST_SECONDS, visit)
        self._visits.move_to_end(token)
        if len(self._visits) > MOST_TRUSTED:
            self._visits.popitem(last=False)

    def _look_up(self, token: str) -> Visit:
        with self.project.reading() as session:
            if has_accounts(session):
                found = person_of_token(session, token, datetime.now(UTC)) if token else None
                return Visit(is_local=False, person=found)
        return Visit(is_local=True, person=self._the_local_person())

    def _the_local_person(self) -> Person:
        if self._local_person is None:
            with self.project.writing() as session:
                found = local_person(session, datetime.now(UTC))
                session.commit()
            self._local_person = replace(found, csrf_token=secrets.token_urlsafe(24))
        return self._local_person


@dataclass
class FailedTries:
    """Count failed sign-ins, so that passwords cannot be tried out.

    Five for one name from one address, or fifty from one address, within
    `window_seconds` shut the door until the window has passed.
    """

    window_seconds: float = 300.0
    clock: Callable[[], float] = time.monotonic
    _tries: dict[tuple[str, ...], list[float]] = field(default_factory=dict)

    def are_too_many(self, address: str, name: str) -> bool:
        """Tell whether this address must wait before it tries this name again."""
        return self._recent((address, name)) >= 5 or self._recent((address,)) >= 50

    def add(self, address: str, name: str) -> None:
        """Count one more failure."""
        if len(self._tries) > MOST_TRUSTED:
            self._tries.clear()
        for key in ((address, name), (address,)):
            self._tries.setdefault(key, []).append(self.clock())

    def clear(self, address: str, name: str) -> None:
        """Forget the failures of a name that has got in."""
        self._tries.pop((address, name), None)

    def _recent(self, key: tuple[str, ...]) -> int:
        since = self.clock() - self.window_seconds
        recent = [at for at in self._tries.get(key, []) if at > since]
        if recent:
            self._tries[key] = recent
        else:
            self._tries.pop(key, None)
        return len(recent)
