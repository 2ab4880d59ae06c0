import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from db.project.project_folder import Project, make_project
from db.tables import Annotation, Annotator, Role, Source
from tests.makers import NOW, annotate, make_annotator, make_face

WRITERS, WRITES = 20, 25


def test_twenty_writers_at_once_lose_nothing_and_nobody_finds_the_database_locked(
    tmp_path: Path,
) -> None:
    project = make_project(tmp_path)
    errors: list[Exception] = []

    def write(writer: int) -> None:
        for number in range(WRITES):
            try:
                with project.writing() as session:  # reads before it writes, as steps do
                    count = session.scalar(select(func.count()).select_from(Source))
                    name = f"{writer}-{number}"
                    session.add(Source(name=name, terms=str(count), created_at=NOW))
                    session.commit()
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Source)) == WRITERS * WRITES


def test_the_database_is_durable_and_keeps_its_foreign_keys(tmp_path: Path) -> None:
    with make_project(tmp_path).reading() as session:
        pragmas = {
            name: session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_times_come_back_aware_and_in_utc(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    in_delhi = datetime(2026, 5, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    with project.writing() as session:
        session.add(Source(name="a", created_at=in_delhi))
        session.commit()
    with project.reading() as session:
        assert session.scalar(select(Source.created_at)) == datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused(tmp_path: Path) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the point of the test
    with make_project(tmp_path).writing() as session:
        session.add(Source(name="a", created_at=naive))
        with pytest.raises(StatementError, match="must be aware"):
            session.flush()


def stored_annotation(project: Project) -> int:
    with project.writing() as session:
        annotator = make_annotator(session, "ann")
        face = make_face(project, session, seed=1)
        annotate(session, face, {annotator: None})
        session.commit()
        return face


def test_annotations_cannot_be_changed_even_by_plain_sql(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    stored_annotation(project)
    with (
        sqlite3.connect(tmp_path / "project.sqlite") as connection,
        pytest.raises(sqlite3.IntegrityError, match="annotations are never changed: add a row"),
    ):
        connection.execute("UPDATE annotations SET label = 'sad'")
    connection.close()


def test_an_annotation_holds_a_label_or_a_flag_and_not_both(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    face = stored_annotation(project)
    with project.writing() as session:
        session.add(
            Annotation(
                uuid="x", face_id=face, annotator_id=1, label="sad", flag="unsure", stored_at=NOW
            )
        )
        with pytest.raises(IntegrityError, match="label_or_flag"):
            session.flush()


def test_an_annotator_of_a_source_cannot_have_a_password(tmp_path: Path) -> None:
    with make_project(tmp_path).writing() as session:
        session.add(Annotator(name="a", role=Role.SOURCE, password_hash="x", created_at=NOW))
        with pytest.raises(IntegrityError, match="source_has_no_password"):
            session.flush()


@pytest.mark.parametrize(
    ("role", "needed", "may"),
    [
        (Role.OWNER, Role.REVIEWER, True),
        (Role.ANNOTATOR, Role.ANNOTATOR, True),
        (Role.ANNOTATOR, Role.REVIEWER, False),
        (Role.SOURCE, Role.SOURCE, False),
    ],
)
def test_a_role_may_what_those_before_it_may_and_a_source_nothing(
    role: Role, needed: Role, may: bool
) -> None:
    assert role.may(needed) is may
