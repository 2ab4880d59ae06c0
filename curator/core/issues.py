"""One bad item among many."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Issue:
    """One item that a step could not take, in one line for people.

    Attributes:
        item: Which one, as the person who brought it would name it.
        reason: Why, and what to do about it.
    """

    item: str
    reason: str

    def __str__(self) -> str:
        """Say which item and why in one line."""
        return f"{self.item}: {self.reason}"
