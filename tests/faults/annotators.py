"""Annotators without a browser: they speak the labeller's protocol over bad connections."""

import http.client
import json
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from curator.app.people.access_control import COOKIE
from curator.steps.people.sessions import sign_in
from db.project.project_folder import Project
from db.tables.people import Role
from tests.browser.watch import LABELS
from tests.faults.losses import Accepted
from tests.makers import add_person

IN_HAND = 30
ASKED_AT_ONCE = 20
TIMEOUT_SECONDS = 30
PASSWORD = "correct horse"  # noqa: S105 - of nobody


def signed_in_tokens(project: Project, count: int) -> list[str]:
    """Make so many accounts, sign each in and return the tokens of their cookies."""
    now = datetime.now(UTC)
    with project.writing() as session:
        ids = [
            add_person(session, f"annotator {number}", Role.ANNOTATOR, PASSWORD, now)
            for number in range(1, count + 1)
        ]
        tokens = [sign_in(session, annotator_id, now) for annotator_id in ids]
        session.commit()
    return tokens


@dataclass
class ScriptedAnnotator:
    """A person with an outbox who labels whatever comes, at a human pace.

    Some requests break off before the answer is read, and some are sent twice: what the
    server has not acknowledged stays in the outbox and goes up again.

    Attributes:
        port: Of the server.
        token: Of the sign-in.
        random: Decides labels, pauses and mishaps.
        pause_seconds: The shortest and the longest time from key to key.
        accepted: What was pressed.
        commits_ms: What the server said its commits took.
        trips_ms: How long the requests with presses took, seen from here.
        answers: How often which status came.
    """

    port: int
    token: str
    random: Random
    pause_seconds: tuple[float, float] = (0.5, 1.0)
    accepted: list[Accepted] = field(default_factory=list)
    commits_ms: list[float] = field(default_factory=list)
    trips_ms: list[float] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    _outbox: list[dict[str, Any]] = field(default_factory=list)
    _faces: deque[int] = field(default_factory=deque)
    _key: str = ""
    _csrf: str = ""
    _connection: http.client.HTTPConnection | None = None

    def label_until(self, ended: threading.Event) -> None:
        """Label until told to end, then send what waits until all of it is acknowledged."""
        self._sign_on()
        self._send()
        while not ended.wait(self.random.uniform(*self.pause_seconds)):
            if self._faces:
                self._press(self._faces.popleft())
            self._send()
        while self._outbox:
            self._send()
        self._hang_up()

    def _sign_on(self) -> None:
        status, _, body = self._ask("GET", "/api/me")
        if status != 200:
            raise RuntimeError(f"Expected to be signed in. Received: {status} {body!r}")
        said = json.loads(body)
        self._key, self._csrf = said["key"], said["csrf"]

    def _press(self, face: int) -> None:
        taken = Accepted(
            str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
            face,
            self.random.choice(LABELS),
        )
        said = {"uuid": taken.uuid, "face": face, "label": taken.label, "flag": None}
        self._outbox.append({**said, "at": time.time() * 1000})
        self.accepted.append(taken)

    def _send(self) -> None:
        body = self._body()
        if not body["presses"] and not body["want"]:
            return
        chance = self.random.random()
        try:
            if chance < 0.05:
                self._break_off(body)
                return
            if chance < 0.1:
                self._post(body)
            self._take(self._post(body))
        except (OSError, http.client.HTTPException):
            self._hang_up()

    def _body(self) -> dict[str, Any]:
        want = ASKED_AT_ONCE if len(self._faces) < IN_HAND - ASKED_AT_ONCE else 0
        return {
            "person": self._key,
            "queue": None,
            "presses": self._outbox[:200],
            "want": want,
            "have": list(self._faces) if want else [],
            "day_began": time.time() * 1000 - 3_600_000,
        }

    def _post(self, body: dict[str, Any]) -> dict[str, Any]:
        began = time.perf_counter()
        status, timing, content = self._ask("POST", "/api/labels", body)
        self.answers[status] = self.answers.get(status, 0) + 1
        if body["presses"]:
            self.trips_ms.append(1000 * (time.perf_counter() - began))
        if timing.startswith("commit;dur="):
            self.commits_ms.append(float(timing.removeprefix("commit;dur=")))
        return json.loads(content) if status == 200 else {"kept": [], "refused": []}

    def _take(self, answer: dict[str, Any]) -> None:
        if answer["refused"]:
            raise RuntimeError(f"Expected no press to be refused. Received: {answer['refused']}")
        kept = set(answer["kept"])
        self._outbox = [press for press in self._outbox if press["uuid"] not in kept]
        known = {*self._faces, *(press["face"] for press in self._outbox)}
        self._faces.extend(face for face in answer.get("faces", []) if face not in known)

    def _break_off(self, body: dict[str, Any]) -> None:
        """Send a request and be gone before the answer comes."""
        self._connected().request("POST", "/api/labels", json.dumps(body), self._headers())
        time.sleep(self.random.uniform(0, 0.02))
        self._hang_up()

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> tuple[int, str, bytes]:
        content = None if body is None else json.dumps(body)
        self._connected().request(method, path, content, self._headers())
        answer = self._connected().getresponse()
        return answer.status, answer.getheader("Server-Timing", ""), answer.read()

    def _headers(self) -> dict[str, str]:
        return {"Cookie": f"{COOKIE}={self.token}", "X-CSRF-Token": self._csrf}

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS
            )
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class Team:
    """Scripted annotators at work at the same time, each in a thread."""

    def __init__(self, port: int, tokens: list[str], pause_seconds: tuple[float, float]) -> None:
        self.members = [
            ScriptedAnnotator(port, token, Random(seed), pause_seconds)  # noqa: S311
            for seed, token in enumerate(tokens)
        ]
        self._ended = threading.Event()
        self._errors: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(member,), daemon=True)
            for member in self.members
        ]

    def start(self) -> None:
        """Let all begin."""
        for thread in self._threads:
            thread.start()

    def wait_until_pressed(self, count: int) -> None:
        """Wait until all together have pressed so often."""
        until = time.monotonic() + 120
        while len(self.accepted) < count and not self._errors:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.accepted)} of {count} presses within two minutes.")
            time.sleep(0.1)

    def finish(self) -> None:
        """Let all send what waits; an error of one of them is raised here."""
        self._ended.set()
        for thread in self._threads:
            thread.join(120)
        if self._errors:
            raise self._errors[0]
        if any(thread.is_alive() for thread in self._threads):
            raise TimeoutError("Some could not send all they have within two minutes.")

    def _work(self, member: ScriptedAnnotator) -> None:
        try:
            member.label_until(self._ended)
        except Exception as error:
            self._errors.append(error)

    @property
    def accepted(self) -> list[Accepted]:
        """All that was pressed."""
        return [press for member in self.members for press in member.accepted]

    @property
    def commits_ms(self) -> list[float]:
        """What the server said of all its commits."""
        return [ms for member in self.members for ms in member.commits_ms]

    @property
    def trips_ms(self) -> list[float]:
        """How long all requests with presses took."""
        return [ms for member in self.members for ms in member.trips_ms]

    @property
    def answers(self) -> dict[int, int]:
        """How often which status came."""
        statuses = {status for member in self.members for status in member.answers}
        return {
            status: sum(member.answers.get(status, 0) for member in self.members)
            for status in sorted(statuses)
        }
