"""Write an export as a folder, or stream it as a zip."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from typing_extensions import Buffer, override

from curator.errors import CuratorError
from curator.steps.export import FORMATS, ExportFormat
from curator.steps.export.exported_file import ExportedFile
from db.manifest import Snapshot
from db.progress import BATCH_ROWS, Progress, Steps
from db.storage import write_whole

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""A fixed time in every zip entry, so that equal snapshots make equal zips."""


def export_format(name: str) -> ExportFormat:
    """Return the format of a name.

    Raises:
        CuratorError: There is none of this name.
    """
    if name not in FORMATS:
        raise CuratorError(f"A format must be one of {', '.join(FORMATS)}. Received: {name!r}")
    return FORMATS[name]


def export_folder(snapshot: Snapshot, format_name: str, folder: Path) -> Steps[int]:
    """Write an export into a new or empty folder.

    Returns:
        How many files were written.

    Raises:
        CuratorError: The folder holds something, or there is no such format.
    """
    files = export_format(format_name)(snapshot)
    if folder.exists() and any(folder.iterdir()):
        raise CuratorError(f"{folder} is not empty. Name a new or an empty folder.")
    done = 0
    for done, file in enumerate(files, start=1):
        write_whole(folder / file.name, file.read())
        if done % BATCH_ROWS == 0:
            yield Progress(done, len(snapshot.faces), "Writing files")
    return done


def zip_chunks(snapshot: Snapshot, format_name: str) -> Iterator[bytes]:
    """Stream an export as a zip: memory holds one file at a time, whatever the set's size.

    Raises:
        CuratorError: There is no such format.
    """
    return _zip_chunks(export_format(format_name)(snapshot), f"{snapshot.title}-{format_name}")


def _zip_chunks(files: Iterator[ExportedFile], top: str) -> Iterator[bytes]:
    sink = _Sink()
    with zipfile.ZipFile(cast(IO[bytes], sink), "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(f"{top}/{file.name}", _ZIP_TIME)
            entry.compress_type = (
                zipfile.ZIP_STORED if entry.filename.endswith(".png") else zipfile.ZIP_DEFLATED
            )
            archive.writestr(entry, file.read())
            yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that cannot seek and hands on what was written to it."""

    def __init__(self) -> None:
        self._written = bytearray()

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, content: Buffer) -> int:
        self._written += content
        return memoryview(content).nbytes

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        chunk = bytes(self._written)
        self._written.clear()
        return chunk
