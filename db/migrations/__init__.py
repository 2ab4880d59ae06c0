"""Bring a project's database to today's form, from whichever version made it."""

from pathlib import Path

from alembic.command import upgrade as run_upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

SCRIPTS = Path(__file__).parent


def newest_revision() -> str:
    """Name the revision that this version of the code expects."""
    (head,) = ScriptDirectory(str(SCRIPTS)).get_heads()
    return head


def stored_revision(engine: Engine) -> str | None:
    """Name the revision that a database is at; None when it is empty."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> None:
    """Run the migrations that a database lacks; all of them, for an empty one.

    Raises:
        UnknownRevisionError: A newer version of the code made the database.
    """
    revision = stored_revision(engine)
    if revision == newest_revision():
        return
    known = {script.revision for script in ScriptDirectory(str(SCRIPTS)).walk_revisions()}
    if revision is not None and revision not in known:
        raise UnknownRevisionError(revision)
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["engine"] = engine
    run_upgrade(config, "head")


class UnknownRevisionError(Exception):
    """A database is at a revision that this version of the code does not know."""
