from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from curator.errors import CuratorError
from curator.steps.images.image_codec import png
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.run_import import run_import
from db.jobs.progress import finished
from db.project.project_folder import Project
from db.tables.images import Image
from tests.core.makers import draw_face
from tests.makers import make_empty_project

SET = SourceChoice("set", holds_crops=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.png").write_bytes(png(draw_face(48, shade=number)))
    return folder


def only_as_large_as_now(connection: Any, _: object) -> None:
    connection.execute("PRAGMA max_page_count = 1")  # which means: no page more than there are


def images_of(project: Project) -> int:
    with project.reading() as session:
        return session.scalar(select(func.count()).select_from(Image)) or 0


def test_a_database_that_has_no_room_stops_the_import_with_what_to_do(
    folder: Path, tmp_path: Path
) -> None:
    project = make_empty_project(tmp_path / "project")
    project.engine.dispose()
    event.listen(project.engine, "connect", only_as_large_as_now)
    with pytest.raises(CuratorError, match=r"database or disk is full\. Make room where"):
        finished(run_import(project, folder, SET, detector="haar"))
    left = images_of(project)
    event.remove(project.engine, "connect", only_as_large_as_now)
    project.engine.dispose()
    report = finished(run_import(project, folder, SET, detector="haar"))
    assert (report["imported"], images_of(project)) == (60 - left, 60)
