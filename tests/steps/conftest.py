"""An empty project and a writing session on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db.project import Project
from tests.makers import make_empty_project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_empty_project(tmp_path / "project")


@pytest.fixture
def session(project: Project) -> Iterator[Session]:
    with project.writing() as session:
        yield session
