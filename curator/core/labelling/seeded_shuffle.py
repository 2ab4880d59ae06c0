"""Chance that falls the same way each time: orders and shares by a name."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_PRIME = 2**31 - 1


@dataclass(frozen=True)
class SeededShuffle:
    """A shuffled order of all row ids below 2**31 - 1 that a name stands for.

    It multiplies and adds in a prime field, so that a database can do it as well as
    numpy: no two ids share a place, and other names give other orders.

    Attributes:
        multiplier: From 1 to below the prime.
        offset: From 0 to below the prime.
    """

    multiplier: int
    offset: int

    def place(self, row_id: Any) -> Any:
        """Return the place of a row in this order, from 0 to below 2**31 - 1.

        Args:
            row_id: An int, an int64 array, or a column of a query.
        """
        return (row_id * self.multiplier + self.offset) % _PRIME

    def is_among(self, row_id: Any, share: float) -> Any:
        """Tell whether a row is of those that chance put into a share, from 0 to 1, of all."""
        return self.place(row_id) < int(share * _PRIME)


def seeded_shuffle(name: str) -> SeededShuffle:
    """Return the order that a name stands for.

    Example:
        >>> ann = seeded_shuffle("order 1")
        >>> sorted(range(1, 6), key=ann.place) == sorted(range(1, 6), key=ann.place)
        True
        >>> ann == seeded_shuffle("order 2")
        False
    """
    digest = sha256(name.encode()).digest()
    multiplier = int.from_bytes(digest[:8], "big") % (_PRIME - 1) + 1
    return SeededShuffle(multiplier, int.from_bytes(digest[8:16], "big") % _PRIME)
