"""One way to open the project database, read it and write it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

BUSY_TIMEOUT_SECONDS = 30.0
WRITES = "curator_writes"

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of a project."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone and turn the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A time must be aware (have a zone). Received: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the stored time its zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def open_engine(database: Path) -> Engine:
    """Open the SQLite database of a project, durable and ready for many writers.

    WAL lets readers go on while one writes, `synchronous=FULL` puts a commit on disk
    before it returns, and foreign keys are enforced.

    Args:
        database: The file; it is made when it is missing.
    """
    engine = create_engine(
        f"sqlite:///{database}",
        pool_size=32,
        max_overflow=24,
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS},
        json_serializer=lambda value: json.dumps(value, sort_keys=True),
    )
    event.listen(engine, "connect", _set_up_connection)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up_connection(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions of its own: _begin decides which kind.
    sqlite: Any = connection
    sqlite.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for the lock: SQLite
    # answers "database is locked" at once. Taking the lock at BEGIN makes it wait its turn.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def is_out_of_room(error: OperationalError) -> bool:
    """Tell whether a write failed because the disk takes no more."""
    return any(word in str(error.orig) for word in ("full", "disk", "readonly"))


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that sees one state of the database and must not write."""
    with Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Open a session whose transactions hold the write lock from their start.

    The lock is taken at the first statement and held until commit: do slow work (decode,
    detect, hash) before it. Whoever opens the session commits; leaving without a commit
    rolls back.
    """
    with Session(engine.execution_options(**{WRITES: True})) as session:
        yield session
