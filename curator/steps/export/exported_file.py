"""One file of an export."""

from collections.abc import Callable
from dataclasses import dataclass

from db.manifest import Snapshot


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export, its content read only when it is written.

    Attributes:
        name: Its path within the export, with forward slashes.
        read: Returns its bytes.
    """

    name: str
    read: Callable[[], bytes]


def description_files(snapshot: Snapshot) -> list[ExportedFile]:
    """Return the files that every export carries about the snapshot it is of."""
    names = ("README.md", "recipe.json", "snapshot.json")
    return [ExportedFile(name, (snapshot.folder / name).read_bytes) for name in names]
