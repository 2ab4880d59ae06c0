"""Remove what was sent and never imported."""

import shutil
from datetime import datetime
from pathlib import Path

from curator.steps.old_uploads import old_uploads
from db.project import Project


def sweep_uploads(project: Project, now: datetime) -> int:
    """Remove what has lain among the uploads for a day and no job waits for or works on.

    Returns:
        How many of them are gone.
    """
    swept = old_uploads(project, now)
    for path in swept:
        remove(path)
    return len(swept)


def remove(path: Path) -> None:
    """Remove one upload, a file or a folder."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)  # what cannot go now is swept another day
    else:
        path.unlink(missing_ok=True)
