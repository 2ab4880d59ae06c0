"""Bring a project's database to today's form, from whichever version made it."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

SCRIPTS = Path(__file__).parent

QUEUE_VERSION = 125
"""The form of DBOS's tables that the release we pin expects; a test tells when it has moved."""


def revisions() -> list[str]:
    """List the revisions in their order: the numbers that the files begin with."""
    return sorted(path.name.partition("_")[0] for path in SCRIPTS.glob("versions/[0-9]*.py"))


def newest_revision() -> str:
    """Name the revision that this version of the code expects."""
    return revisions()[-1]


def stored_revision(engine: Engine) -> str | None:
    """Name the revision that a database is at; None when it is empty."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def stored_queue_version(engine: Engine) -> int | None:
    """Name the form that DBOS's tables have in a database; None where they are missing."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("dbos_migrations"):
            return None
        found: int | None = connection.scalar(text("SELECT version FROM dbos_migrations"))
        return found


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database lacks, ours and DBOS's; all of them, for an empty one.

    Raises:
        UnknownRevisionError: A newer version of the code made the database.
    """
    revision = stored_revision(engine)
    if revision is not None and revision not in revisions():
        raise UnknownRevisionError(revision)
    if revision != newest_revision():
        _migrate(engine)
    if stored_queue_version(engine) != QUEUE_VERSION:
        _migrate_queue(engine)


def _migrate(engine: Engine) -> None:
    # Only here, since loading Alembic takes a quarter of a second and most databases are
    # at today's form.
    from alembic.command import upgrade as run_upgrade  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["engine"] = engine
    run_upgrade(config, "head")


def _migrate_queue(engine: Engine) -> None:
    from dbos import DBOS  # noqa: PLC0415 - a fifth of a second, and seldom needed, as above

    DBOS.migrate(engine.url.render_as_string(hide_password=False))


class UnknownRevisionError(Exception):
    """A database is at a revision that this version of the code does not know."""
