"""Numbers of rows as the browser states them, read without trust."""

from typing import Any

MOST_ROW_ID = 2**63 - 1


def row_id(stated: Any) -> int:
    """Read the number of a row.

    Raises:
        ValueError: It is none that a row can have.
    """
    number = int(stated)
    if not 0 < number <= MOST_ROW_ID:
        raise ValueError(f"expected the number of a row, received {stated!r}")
    return number
