"""Lines between a browser and the server that fail in the ways that networks do."""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import Self

CHUNK_BYTES = 65_536
LONGEST_DELAY_SECONDS = 3.0
LABELS = ("POST", "/api/labels")

_CONNECTION = re.compile(rb"\r\nconnection:[^\r\n]*", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
_UPGRADE = re.compile(rb"\r\nupgrade:", re.IGNORECASE)


class Line:
    """A TCP line that can be cut, as when a cable is out, and healed.

    While it is cut no byte gets through in either direction and nobody is told; what was
    sent meanwhile arrives afterwards, as TCP sees to it.

    Attributes:
        port: Where the browser finds the server.
    """

    def __init__(self, server_port: int) -> None:
        self.port = 0
        self._server_port = server_port
        self._loop = asyncio.new_event_loop()
        self._whole = asyncio.Event()
        self._ended = asyncio.Event()
        self._at_work: set[asyncio.Task[None]] = set()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def cut(self) -> None:
        """Let nothing through from now on."""
        self._loop.call_soon_threadsafe(self._whole.clear)

    def heal(self) -> None:
        """Let everything through again."""
        self._loop.call_soon_threadsafe(self._whole.set)

    def _run(self) -> None:
        self._loop.run_until_complete(self._listen())
        self._loop.close()

    async def _listen(self) -> None:
        self._whole.set()
        listener = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=2**20)
        self.port = listener.sockets[0].getsockname()[1]
        self._started.set()
        await self._ended.wait()
        listener.close()
        for task in self._at_work:
            task.cancel()
        await asyncio.gather(*self._at_work, return_exceptions=True)
        await asyncio.sleep(0.1)  # closed connections are taken down by the loop

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._begin(self._served_to_the_end(reader, writer))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._at_work.add(task)
        task.add_done_callback(self._at_work.discard)

    async def _served_to_the_end(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        # Either side may hang up at any moment: that is what these lines are for.
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._join(reader, writer, b"")

    async def _join(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes
    ) -> None:
        """Carry bytes both ways until both sides are done; `head` was read already."""
        with self._to_server(*await self._connected()) as (from_server, to_server):
            to_server.write(head)
            await asyncio.gather(self._carry(reader, to_server), self._carry(from_server, writer))

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self._server_port, limit=2**20)

    @contextmanager
    def _to_server(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Iterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        try:
            yield reader, writer
        finally:
            writer.close()

    async def _carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while chunk := await source.read(CHUNK_BYTES):
            await self._whole.wait()
            target.write(chunk)
            await target.drain()
        await self._whole.wait()
        target.close()


@dataclass
class Mishaps:
    """What befalls the requests that carry labels: everything in turn, in a new order each time.

    Attributes:
        happened: How often each mishap has happened.
    """

    random: Random
    happened: Counter[str] = field(default_factory=Counter)
    _left: list[str] = field(default_factory=list)

    KINDS = ("request lost", "answer lost", "sent twice at once", "sent again later", "delayed")

    def next(self) -> str:
        """Choose what happens to the next request."""
        if not self._left:
            self._left = self.random.sample(self.KINDS, len(self.KINDS))
        kind = self._left.pop()
        self.happened[kind] += 1
        return kind


class BadLine(Line):
    """A line that understands HTTP well enough to do the most harm.

    Requests with labels are lost on the way, delayed up to three seconds, or sent to the
    server twice; or the server commits and its answer is lost. A tenth of the other
    requests to our routes is lost too. Websockets and pages pass as they are.

    Attributes:
        mishaps: What happened.
    """

    def __init__(self, server_port: int, seed: int) -> None:
        super().__init__(server_port)
        self._random = Random(seed)  # noqa: S311 - chance for a test
        self.mishaps = Mishaps(self._random)
        self._sent_again: list[Future[None]] = []

    def wait_until_all_is_sent_again(self) -> None:
        """Wait until what is sent a second time has been answered; no request comes meanwhile."""
        for sent in self._sent_again:
            sent.result()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if _UPGRADE.search(head):
            await self._join(reader, writer, head)
            return
        length = _LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
        # One request a connection, so that its end is the end of the connection.
        request = _CONNECTION.sub(b"", head)[:-2] + b"Connection: close\r\n\r\n" + body
        writer.write(await self._answer(request))
        await writer.drain()

    async def _answer(self, request: bytes) -> bytes:
        """Return what the browser gets; nothing when it must think that the line broke."""
        method, path = request.split(b" ", 2)[:2]
        if (method.decode(), path.decode()) == LABELS:
            await asyncio.sleep(self._random.uniform(0, LONGEST_DELAY_SECONDS))
            return await self._harmed[self.mishaps.next()](request)
        if path.startswith(b"/api/") and self._random.random() < 0.1:
            return b""
        return await self._exchanged(request)

    @property
    def _harmed(self) -> dict[str, Callable[[bytes], Coroutine[None, None, bytes]]]:
        return {
            "request lost": self._nothing,
            "answer lost": self._unanswered,
            "sent twice at once": self._sent_twice,
            "sent again later": self._sent_again_later,
            "delayed": self._exchanged,
        }

    async def _nothing(self, _: bytes) -> bytes:
        return b""

    async def _unanswered(self, request: bytes) -> bytes:
        await self._exchanged(request)
        return b""

    async def _sent_twice(self, request: bytes) -> bytes:
        answers = await asyncio.gather(self._exchanged(request), self._exchanged(request))
        return answers[0]

    async def _sent_again_later(self, request: bytes) -> bytes:
        done = Future[None]()
        self._sent_again.append(done)

        async def again() -> None:
            await asyncio.sleep(self._random.uniform(1, 4))
            with suppress(OSError):
                await self._exchanged(request)
            done.set_result(None)

        self._begin(again())
        return await self._exchanged(request)

    async def _exchanged(self, request: bytes) -> bytes:
        with self._to_server(*await self._connected()) as (from_server, to_server):
            to_server.write(request)
            return await from_server.read()
