"""An empty project and a writing session on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.project.project_folder import Project
from tests.makers import make_empty_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    project = make_empty_project(tmp_path / "project")
    yield project
    project.engine.dispose()


@pytest.fixture
def session(project: Project) -> Iterator[Session]:
    with project.writing() as session:
        yield session
