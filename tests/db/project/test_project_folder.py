import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from dbos import DBOS
from sqlalchemy import Engine, create_engine, func, inspect, select

from db.migrations import (
    QUEUE_VERSION,
    SCRIPTS,
    newest_revision,
    revisions,
    stored_queue_version,
    stored_revision,
)
from db.project.project_folder import ProjectError, default_folder, make_project, open_project
from db.tables import Annotation, Base, Face

OLD_PROJECTS = sorted((Path(__file__).parents[1] / "old_projects").glob("*.sql"))


@pytest.mark.parametrize("dump", OLD_PROJECTS, ids=lambda dump: dump.stem)
def test_a_project_of_every_earlier_version_opens_with_its_rows(dump: Path, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "project.sqlite") as connection:
        connection.executescript(dump.read_text())
    connection.close()
    project = open_project(tmp_path)
    assert stored_revision(project.engine) == newest_revision()
    assert stored_queue_version(project.engine) == QUEUE_VERSION
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Face)) == 2
        assert session.scalar(select(func.count()).select_from(Annotation)) == 3


def test_the_newest_revision_has_a_stored_old_project() -> None:
    assert newest_revision() in {dump.stem for dump in OLD_PROJECTS}


def test_the_revisions_are_those_of_the_scripts_in_their_order() -> None:
    scripts = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    assert [script.revision for script in scripts] == revisions()[::-1]


def make_queue(folder: Path) -> Engine:
    """Make a database that holds what DBOS makes and nothing else."""
    url = f"sqlite:///{folder / 'queue.sqlite'}"
    DBOS.migrate(url)
    return create_engine(url)


def test_the_queue_has_the_form_that_the_installed_dbos_expects(tmp_path: Path) -> None:
    assert stored_queue_version(make_queue(tmp_path)) == QUEUE_VERSION


def test_migrations_make_the_tables_that_the_code_describes_and_those_of_the_queue(
    tmp_path: Path,
) -> None:
    queue = set(inspect(make_queue(tmp_path)).get_table_names())
    assert queue.isdisjoint(Base.metadata.tables)
    project = make_project(tmp_path / "project")
    options = {
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or name not in queue,
    }
    with project.engine.connect() as connection:
        assert queue <= set(inspect(connection).get_table_names())
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_a_moved_project_opens_where_it_is_now(tmp_path: Path) -> None:
    make_project(tmp_path / "here").engine.dispose()
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert open_project(tmp_path / "there").folder == tmp_path / "there"


def test_a_folder_without_a_project_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="curator init"):
        open_project(tmp_path)


def test_a_folder_with_other_things_is_not_made_a_project(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("x")
    with pytest.raises(ProjectError, match="not empty"):
        make_project(tmp_path)


def test_a_project_of_a_newer_version_is_left_alone_and_says_so(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with sqlite3.connect(tmp_path / "project.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    project.engine.dispose()
    with pytest.raises(ProjectError, match=r"newer version.*9999"):
        open_project(tmp_path)


def test_the_project_that_commands_mean_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CURATOR_PROJECT", "elsewhere")
    assert default_folder() == Path("elsewhere")
