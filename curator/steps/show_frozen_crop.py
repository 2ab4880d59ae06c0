"""The pixels of a face as a frozen snapshot holds them."""

import re

from db.project import Project
from db.snapshots import StoredSnapshot

_SHA256 = re.compile(r"[0-9a-f]{64}")


def frozen_crop(project: Project, snapshot_id: int, sha256: str) -> bytes | None:
    """Read a crop of a snapshot, a PNG; None when there is no such snapshot or crop in it."""
    if not _SHA256.fullmatch(sha256):
        return None
    with project.reading() as session:
        stored = session.get(StoredSnapshot, snapshot_id)
    if stored is None:
        return None
    path = project.folder / stored.folder / "crops" / f"{sha256}.png"
    return path.read_bytes() if path.is_file() else None
