"""Bring a project's database to today's form, from whichever version made it."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

SCRIPTS = Path(__file__).parent


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


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database lacks; all of them, for an empty one.

    Raises:
        UnknownRevisionError: A newer version of the code made the database.
    """
    revision = stored_revision(engine)
    if revision == newest_revision():
        return
    if revision is not None and revision not in revisions():
        raise UnknownRevisionError(revision)
    _migrate(engine)


def _migrate(engine: Engine) -> None:
    # Only here, since loading Alembic takes a quarter of a second and most databases are
    # at today's form.
    from alembic.command import upgrade as run_upgrade  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["engine"] = engine
    run_upgrade(config, "head")


class UnknownRevisionError(Exception):
    """A database is at a revision that this version of the code does not know."""
