"""A file that is handed on while it is written."""

import io

from typing_extensions import Buffer, override


class Sink(io.RawIOBase):
    """A file that cannot seek and hands on what was written to it."""

    def __init__(self) -> None:
        self._written = bytearray()
        self._taken = 0

    @property
    def waiting(self) -> int:
        """How many bytes wait to be taken."""
        return len(self._written)

    @override
    def writable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._taken + len(self._written)

    @override
    def write(self, content: Buffer) -> int:
        self._written += content
        return memoryview(content).nbytes

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        chunk = bytes(self._written)
        self._taken += len(chunk)
        self._written.clear()
        return chunk
