"""The blobs of a project by kind, and which of them its rows name."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files.blobs import BlobStore
from db.project.project_folder import Project
from db.tables.images import Face, Image

_HEX = "[0-9a-f]"
_NAMED_BY = {"images": Image.blob_sha256, "crops": Face.crop_sha256, "views": Face.view_sha256}


def blob_stores(project: Project) -> dict[str, BlobStore]:
    """Return the stores of a project by the names of their folders."""
    return {"images": project.images, "crops": project.crops, "views": project.views}


def named_blobs(session: Session) -> dict[str, set[str]]:
    """Return the hashes that rows name, by the names of the blobs' folders."""
    return {
        kind: set(session.scalars(select(column).execution_options(yield_per=10_000)))
        for kind, column in _NAMED_BY.items()
    }


def unnamed_blobs(project: Project, session: Session) -> dict[str, list[Path]]:
    """List the blobs that no row names, by the names of their folders."""
    named = named_blobs(session)
    return {
        kind: [path for path in _blobs_in(store) if _sha256(path, store) not in named[kind]]
        for kind, store in blob_stores(project).items()
    }


def _blobs_in(store: BlobStore) -> Iterator[Path]:
    names = store.folder.glob(f"{_HEX * 2}/{_HEX * 64}{store.suffix}")
    return (path for path in names if path.is_file())


def _sha256(path: Path, store: BlobStore) -> str:
    return path.name.removesuffix(store.suffix)
