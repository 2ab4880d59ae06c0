"""Take back snapshots whose freezing ended before their row was stored.

A folder gets its name before its row is committed, and a machine may die in between. So
that a folder somebody has brought from elsewhere is never taken for such a one, a freeze
announces the name first, in `snapshots/.aside/announced-NAME@VERSION`.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.files.blobs import STAGED, sync, write_whole
from db.files.staged_blobs import sweep_aside
from db.project.project_folder import Project
from db.tables.snapshots import StoredSnapshot

_ANNOUNCED = "announced-"


@contextmanager
def announced(project: Project, stored: StoredSnapshot) -> Iterator[None]:
    """Announce that a folder gets the name of a snapshot whose row is not committed yet.

    The caller holds the project's write lock from before until the row is committed.
    """
    folder = Path(stored.folder).name
    write_whole(
        project.snapshots_aside / f"{_ANNOUNCED}{folder}", stored.content_hash.encode("ascii")
    )
    yield
    sync(project.snapshots_aside)


def sweep_snapshots(project: Project, session: Session) -> int:
    """Remove what freezes that died have left, and nothing else.

    Args:
        project: The project.
        session: A writing session. Its lock keeps every other freeze from being between
            its announcement and its row.

    Returns:
        How many snapshots without a row were removed.
    """
    sweep_aside(project.snapshots_aside)
    # Announcements that were not whole yet: the lock tells that nobody is writing one now. A worker
    # that starts removes old ones too, maybe at this moment.
    for unfinished in project.snapshots_aside.glob(f"{STAGED}-*"):
        unfinished.unlink(missing_ok=True)
    marks = sorted(project.snapshots_aside.glob(f"{_ANNOUNCED}*"))
    return sum(_settled(project, session, mark) for mark in marks)


def _settled(project: Project, session: Session, mark: Path) -> bool:
    folder = project.snapshots / mark.name.removeprefix(_ANNOUNCED)
    content_hash = mark.read_text(encoding="ascii")
    place = str(folder.relative_to(project.folder))
    stored = select(StoredSnapshot.id).where(StoredSnapshot.folder == place)
    is_orphan = session.scalar(stored) is None and _hash_of(folder) == content_hash
    if is_orphan:
        shutil.rmtree(folder)
        sync(project.snapshots)
    mark.unlink()
    return is_orphan


def _hash_of(folder: Path) -> str | None:
    about = folder / "snapshot.json"
    found = json.loads(about.read_bytes())["content_hash"] if about.is_file() else None
    return None if found is None else str(found)
