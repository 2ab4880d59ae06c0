"""What browsers send, kept until a job has taken it in."""

import uuid
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Protocol

from curator.errors import CuratorError
from db.project import Project
from db.storage import write_whole


class Upload(Protocol):
    """One file as a browser sends it."""

    @property
    def name(self) -> str:
        """What it is called there."""

    def getvalue(self) -> bytes:
        """Return its bytes."""


def keep_uploads(
    project: Project, photos: Sequence[Upload], legends: Sequence[Upload]
) -> tuple[str, list[str]]:
    """Keep a zip or single photos, and the legends that come with them.

    Returns:
        Where the collection lies and where the legends do, relative to the project.

    Raises:
        CuratorError: Nothing was sent, or a zip together with other files.
    """
    zips = [photo for photo in photos if photo.name.lower().endswith(".zip")]
    if not photos or (zips and len(photos) > 1):
        raise CuratorError(
            f"Choose one zip, or any number of photos. Received: {len(zips)} zips and "
            f"{len(photos) - len(zips)} photos."
        )
    folder = PurePosixPath("uploads") / str(uuid.uuid4())
    kept = [_keep(project, folder / "photos", photo) for photo in photos]
    origin = kept[0] if zips else str(folder / "photos")
    return origin, [_keep(project, folder / "legends", legend) for legend in legends]


def _keep(project: Project, folder: PurePosixPath, upload: Upload) -> str:
    place = folder / PureWindowsPath(upload.name).name  # drops folders of either kind of path
    write_whole(project.folder / place, upload.getvalue())
    return str(place)
