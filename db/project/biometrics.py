"""Face embeddings, which are biometric data: in a file of their own, apart from all the rest."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BIOMETRICS_NAME = "biometrics.sqlite"

_TABLE = """CREATE TABLE IF NOT EXISTS embeddings (
    face_id INTEGER PRIMARY KEY,
    crop_sha256 TEXT NOT NULL,
    method TEXT NOT NULL,
    embedding BLOB NOT NULL
)"""
_PUT = "INSERT OR REPLACE INTO embeddings VALUES (?, ?, ?, ?)"
_TYPE = np.dtype("<f4")
_OWNER_ALONE = 0o600


@dataclass(frozen=True, eq=False)
class Embedding:
    """What was measured of one face.

    Attributes:
        face_id: The face.
        crop_sha256: The crop that it had then.
        method: How it was measured; embeddings of two methods cannot be compared.
        values: float32 (d,).
    """

    face_id: int
    crop_sha256: str
    method: str
    values: NDArray[np.float32]


@dataclass(frozen=True)
class Biometrics:
    """The embeddings of a project.

    Whoever changes them holds the write lock of the project's database meanwhile: so
    nothing is stored while all is being forgotten. Nothing of a project copies the file.

    Attributes:
        folder: The project folder.
    """

    folder: Path

    @property
    def file(self) -> Path:
        """Where they lie; there is no file while there are none."""
        return self.folder / BIOMETRICS_NAME

    def keep(self, embeddings: Iterable[Embedding]) -> None:
        """Store embeddings in the place of those that the same faces had."""
        rows = [
            (one.face_id, one.crop_sha256, one.method, one.values.astype(_TYPE).tobytes())
            for one in embeddings
        ]
        self.file.touch(mode=_OWNER_ALONE)
        with self._opened() as database:
            database.executemany(_PUT, rows)

    def measured(self) -> dict[int, tuple[str, str]]:
        """Return of each face that has an embedding its crop then and the method."""
        rows = self._read("SELECT face_id, crop_sha256, method FROM embeddings")
        return {face_id: (crop, method) for face_id, crop, method in rows}

    def count(self) -> int:
        """Count the faces that have an embedding."""
        rows = self._read("SELECT count(*) FROM embeddings")
        return int(rows[0][0]) if rows else 0

    def embeddings(self) -> tuple[list[int], NDArray[np.float32]]:
        """Return the face ids in their order, and float32 (n, d), a row for each.

        Without any embedding the array is (0, 0).
        """
        rows = self._read("SELECT face_id, embedding FROM embeddings ORDER BY face_id")
        values = np.frombuffer(b"".join(row[1] for row in rows), _TYPE)
        return [int(row[0]) for row in rows], values.reshape(len(rows), -1 if rows else 0)

    def forget(self, face_ids: Collection[int]) -> int:
        """Delete the embeddings of some faces; return how many there were."""
        if not self.file.exists():
            return 0
        with self._opened() as database:
            return sum(
                database.execute("DELETE FROM embeddings WHERE face_id = ?", (face_id,)).rowcount
                for face_id in face_ids
            )

    def forget_all(self) -> int:
        """Overwrite and delete all embeddings, file and all; return how many there were."""
        if not self.file.exists():
            return 0
        try:
            with self._opened() as database:
                return database.execute("DELETE FROM embeddings").rowcount
        finally:  # a file that is damaged goes like any other
            self.file.unlink()
            self.file.with_name(f"{BIOMETRICS_NAME}-journal").unlink(missing_ok=True)

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        if not self.file.exists():
            return []
        with self._opened() as database:
            return database.execute(query).fetchall()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("PRAGMA secure_delete = ON")  # deleted is overwritten with zeros
            database.execute(_TABLE)
            yield database
