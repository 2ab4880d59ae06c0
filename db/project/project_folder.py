"""The project folder: one database, the blobs it names, snapshots and runs."""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.files.blobs import STAGED, BlobStore
from db.migrations import UnknownRevisionError, upgrade
from db.tables.base import open_engine, reading, writing

DATABASE_NAME = "project.sqlite"
PROJECT_VARIABLE = "CURATOR_PROJECT"


class ProjectError(Exception):
    """A folder is no project, or a project cannot be opened; the message says what to do."""


@dataclass(frozen=True)
class Project:
    """An open project.

    Attributes:
        folder: The project folder. Everything below it moves with it: paths in the
            database are relative to it.
        engine: Its database.
    """

    folder: Path
    engine: Engine

    @property
    def database(self) -> Path:
        """The file of the database."""
        return self.folder / DATABASE_NAME

    @property
    def images(self) -> BlobStore:
        """The source images: pixels as they came in, without what the camera told beside."""
        return BlobStore(self.folder / "images")

    @property
    def crops(self) -> BlobStore:
        """The aligned crops of the set, lossless PNG."""
        return BlobStore(self.folder / "crops", ".png")

    @property
    def views(self) -> BlobStore:
        """Larger cuts of the faces for people to look at, JPEG."""
        return BlobStore(self.folder / "views", ".jpg")

    @property
    def aside(self) -> Path:
        """The folder of blobs that are not kept yet; see `db.files.staged_blobs`."""
        return self.folder / "aside"

    @property
    def snapshots(self) -> Path:
        """The folder of snapshot folders."""
        return self.folder / "snapshots"

    @property
    def snapshots_aside(self) -> Path:
        """The folder of snapshots that are not whole yet, on the file system of the others."""
        return self.snapshots / STAGED

    @property
    def exports(self) -> Path:
        """The folder of exports that jobs have made; it may not exist."""
        return self.folder / "exports"

    @property
    def runs(self) -> Path:
        """The folder of run folders."""
        return self.folder / "runs"

    @property
    def models(self) -> Path:
        """The folder of the promoted model and of those installed; it may not exist."""
        return self.folder / "models"

    @property
    def standard_model(self) -> Path:
        """The folder of the promoted model; it may not exist."""
        return self.models / "standard"

    @property
    def uploads(self) -> Path:
        """The folder of what browsers sent and jobs have yet to take in."""
        return self.folder / "uploads"

    def reading(self) -> AbstractContextManager[Session]:
        """Open a session for reading."""
        return reading(self.engine)

    def writing(self) -> AbstractContextManager[Session]:
        """Open a session for writing; see `db.tables.base.writing`."""
        return writing(self.engine)


def open_project(folder: Path) -> Project:
    """Open a project and bring its database to today's form.

    Raises:
        ProjectError: There is no project in the folder, or a newer version made it.
    """
    database = folder / DATABASE_NAME
    if not database.is_file():
        raise ProjectError(
            f"{folder} holds no project ({DATABASE_NAME} is missing). "
            f"Make one with: curator init {folder}"
        )
    return _opened(folder)


def make_project(folder: Path) -> Project:
    """Make a project in a new or empty folder, or open the one that is there.

    Raises:
        ProjectError: The folder holds other things.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / DATABASE_NAME).is_file() and any(folder.iterdir()):
        raise ProjectError(
            f"{folder} is not empty and holds no project. Name an empty or a new folder."
        )
    return _opened(folder)


def _opened(folder: Path) -> Project:
    folder = folder.resolve()
    engine = open_engine(folder / DATABASE_NAME)
    try:
        upgrade(engine)
    except UnknownRevisionError as error:
        raise ProjectError(
            f"{folder} was made by a newer version of fer-curator (database revision {error}). "
            "Install that version or a later one."
        ) from None
    return Project(folder, engine)


def default_folder() -> Path:
    """Name the project that commands mean when none is named.

    It is `$CURATOR_PROJECT`, or else `project` in the working folder.
    """
    return Path(os.environ.get(PROJECT_VARIABLE, "project"))
