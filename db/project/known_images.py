"""Whether a project has or had an image, asked for each file of an import in other processes."""

import sqlite3
from functools import cache
from pathlib import Path


def has_image(database: Path, sha256: str) -> bool:
    """Tell whether an image of these bytes is stored.

    By the driver alone, which loads in a fraction of SQLAlchemy's time. Each question is a
    transaction of its own: it sees what others have committed meanwhile, and holds nobody up.

    Args:
        database: That of a project.
        sha256: The hash of the bytes as they came in.
    """
    found = _connection(database).execute("SELECT 1 FROM images WHERE sha256 = ?", (sha256,))
    return found.fetchone() is not None


def erased_on(database: Path, sha256: str) -> str | None:
    """Tell on which day an image was erased that these bytes or pixels are of; None if none was.

    Args:
        database: That of a project.
        sha256: The hash of the bytes as they came in, or of the pixels.
    """
    found = _connection(database).execute(
        "SELECT date(erased_at) FROM tombstones WHERE sha256 = ?", (sha256,)
    )
    day = found.fetchone()
    return None if day is None else str(day[0])


@cache
def _connection(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(database, timeout=30, isolation_level=None, check_same_thread=False)
