import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import IO


@dataclass(frozen=True)
class BytesLocation:
    """Bytes that are at hand.

    Attributes:
        content: The bytes.
    """

    content: bytes

    def opened(self) -> AbstractContextManager[IO[bytes]]:
        """Open them for reading."""
        return io.BytesIO(self.content)

    def reason(self, error: Exception) -> str:
        """Say why they cannot be read."""
        return f"cannot be read ({error})."
