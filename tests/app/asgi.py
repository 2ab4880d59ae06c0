"""Ask an ASGI app without a server: one request, or one websocket."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Scope


@dataclass
class Asked:
    """One request as a client at this machine would send it."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = "127.0.0.1"
    type: str = "http"

    def scope(self) -> Scope:
        path, _, query = self.path.partition("?")
        headers = {"host": "localhost:8501", **{k.lower(): v for k, v in self.headers.items()}}
        return {
            "type": self.type,
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
            "client": (self.client, 50_000),
            "server": ("127.0.0.1", 8501),
            "subprotocols": [],
        }


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(app: ASGIApp, asked: Asked) -> Answer:
    """Send one request and wait for the whole answer."""
    sent = _run(app, asked, [{"type": "http.request", "body": asked.body}])
    start, *bodies = sent
    headers = {key.decode(): value.decode() for key, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in bodies)
    return Answer(start["status"], headers, body)


def knock(app: ASGIApp, asked: Asked) -> list[Message]:
    """Open a websocket, leave at once, and return what the app sent."""
    asked.type = "websocket"
    return _run(
        app, asked, [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]
    )


def _run(app: ASGIApp, asked: Asked, messages: list[Message]) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def answer() -> None:
        await app(asked.scope(), receive, send)

    asyncio.run(answer())
    return sent
