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
            "asgi": {"version": "3.0", "spec_version": "2.4"},
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
    cookies: dict[str, str] = field(default_factory=dict)
    """The cookies that it sets, each as `name=value` by its name."""

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(app: ASGIApp, asked: Asked) -> Answer:
    """Send one request and wait for the whole answer."""
    return asyncio.run(aask(app, asked))


async def aask(app: ASGIApp, asked: Asked) -> Answer:
    """Send one request beside others."""
    start, *bodies = await _run(app, asked, [{"type": "http.request", "body": asked.body}])
    headers = {key.decode(): value.decode() for key, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in bodies)
    pairs = [
        value.decode().partition(";")[0]
        for key, value in start["headers"]
        if key.lower() == b"set-cookie"
    ]
    cookies = {pair.partition("=")[0]: pair for pair in pairs}
    return Answer(start["status"], headers, body, cookies)


def knock(app: ASGIApp, asked: Asked) -> list[Message]:
    """Open a websocket, leave at once, and return what the app sent."""
    asked.type = "websocket"
    messages: list[Message] = [
        {"type": "websocket.connect"},
        {"type": "websocket.disconnect", "code": 1000},
    ]
    return asyncio.run(_run(app, asked, messages))


async def _run(app: ASGIApp, asked: Asked, messages: list[Message]) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(asked.scope(), receive, send)
    return sent
