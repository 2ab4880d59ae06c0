"""Who is asking: the person behind a token, remembered for a moment."""

import secrets
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import anyio
import anyio.to_thread
from cachetools import LRUCache, TTLCache

from curator.app.people.addresses import network_of
from curator.steps.people.accounts import Person, has_accounts, local_person
from curator.steps.people.sessions import person_of_token
from db.project.project_folder import Project

if TYPE_CHECKING:
    from curator.app.people.openid_client import OpenId

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
        open_id: The way in through a provider, where the project has one.
        password_checks: Lets few checks run at once: each takes 64 MiB for a moment.
        provider_talks: Lets few sign-ins talk to the provider at once.
    """

    def __init__(self, project: Project, open_id: "OpenId | None" = None) -> None:
        self.project = project
        self.open_id = open_id
        self.failed_tries = FailedTries()
        self.password_checks = anyio.CapacityLimiter(2)
        self.provider_talks = anyio.CapacityLimiter(20)
        # Only the event loop touches it, so that it needs no lock; threads only look up.
        self._visits: TTLCache[str, Visit] = TTLCache(MOST_TRUSTED, TRUST_SECONDS)
        self._local_person: Person | None = None

    async def visit(self, token: str) -> Visit:
        """Find who holds a token; without one, who needs none."""
        visit = self._visits.get(token)
        if visit is None:
            visit = await anyio.to_thread.run_sync(self._look_up, token)
            self._visits[token] = visit
        return visit

    def forget(self, token: str) -> None:
        """Ask the database at the next visit of this token."""
        self._visits.pop(token, None)

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
    """Count tries to sign in that have not got in, so that passwords cannot be tried out.

    Five for one name from one network, or fifty from one network, within
    `window_seconds` shut the door until the window has passed. A try counts from its
    beginning, so that many at once are no way round. A restart forgets them: whoever
    can restart the app needs no password.
    """

    window_seconds: float = 300.0
    clock: Callable[[], float] = time.monotonic
    _tries: LRUCache[tuple[str, ...], TTLCache[object, None]] = field(
        default_factory=lambda: LRUCache(MOST_TRUSTED)
    )

    def are_too_many(self, address: str, name: str) -> bool:
        """Tell whether this address must wait before it tries this name again."""
        limits = _limits(address, name).items()
        return any(len(self._tries.get(key, ())) >= most for key, most in limits)

    def add(self, address: str, name: str) -> None:
        """Count one more try."""
        for key, most in _limits(address, name).items():
            recent = TTLCache[object, None](most, self.window_seconds, self.clock)
            self._tries.setdefault(key, recent)[object()] = None

    def clear(self, address: str, name: str) -> None:
        """Forget the tries of a name that has got in, and that its network made one."""
        by_name, by_network = _limits(address, name)
        self._tries.pop(by_name, None)
        of_network: MutableMapping[object, None] = self._tries.get(by_network, {})
        for newest in list(of_network)[-1:]:
            of_network.pop(newest, None)


def _limits(address: str, name: str) -> dict[tuple[str, ...], int]:
    """Return the most tries of a name from a network, and of the network."""
    network = network_of(address)
    return {(network, name): 5, (network,): 50}
