"""Write an export as a folder or as a zip, or stream it as a zip."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from curator.errors import CuratorError
from curator.steps.exports.exported_file import ExportedFile, ExportFormat, SnapshotExport
from curator.steps.exports.formats import FORMATS
from curator.steps.exports.streamed_zip import zip_parts
from db.files.blobs import sync
from db.files.staged_blobs import sync_all
from db.files.staged_folder import staged_folder
from db.jobs.progress import Progress, Steps

_Key = TypeVar("_Key")
_Read = TypeVar("_Read")


def export_format(name: str) -> ExportFormat:
    """Return the format of a name.

    Raises:
        CuratorError: There is none of this name.
    """
    if name not in FORMATS:
        raise CuratorError(f"A format must be one of {', '.join(FORMATS)}. Received: {name!r}")
    return FORMATS[name]


def export_title(export: SnapshotExport, format_name: str) -> str:
    """Name an export after its snapshot, its format and its choices: `9k@1-csv-soft`."""
    return f"{export.snapshot.title}-{format_name}{export.choices.suffix}"


def export_folder(export: SnapshotExport, format_name: str, folder: Path) -> Steps[int]:
    """Write an export into a new or empty folder, which comes into being whole or not at all.

    Returns:
        How many files were written.

    Raises:
        CuratorError: The folder holds something, there is no such format, or it has no
            place for what was chosen.
    """
    place, pace = folder.resolve(), _Pace(len(export.snapshot.faces))
    files = pace.counted(export, format_name)
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise CuratorError(f"{folder} is not empty. Name a new or an empty folder.")
    with _or_sentence(), staged_folder(place) as aside:
        whole = aside / "export"
        whole.mkdir()
        folders: set[str] = set()
        for file in files:
            folder_name = file.name.rpartition("/")[0]
            if folder_name not in folders:
                (whole / folder_name).mkdir(parents=True, exist_ok=True)
                folders.add(folder_name)
            yield from pace.written(whole / file.name, file.chunks())
        yield pace.flushing()
        sync_all(whole, [*whole.rglob("*"), whole])
        whole.rename(place)
        sync(place.parent)
    return pace.files


def export_zip(export: SnapshotExport, format_name: str, place: Path) -> Steps[int]:
    """Write an export into a new zip file, which comes into being whole or not at all.

    Returns:
        How many files it holds.

    Raises:
        CuratorError: Such a file is there already, or as for `export_folder`.
    """
    place, pace = place.resolve(), _Pace(len(export.snapshot.faces))
    chunks = zip_parts(pace.counted(export, format_name), f"{export_title(export, format_name)}/")
    if place.exists():
        raise CuratorError(f"{place} is there already. Name a new file.")
    with _or_sentence(), staged_folder(place) as aside:
        yield from pace.written(aside / "export", chunks)
        yield pace.flushing()
        sync(aside / "export")
        (aside / "export").rename(place)
        sync(place.parent)
    return pace.files


def zip_chunks(export: SnapshotExport, format_name: str) -> Iterator[bytes]:
    """Stream an export as a zip: memory holds a part of it, whatever the set's size.

    Raises:
        CuratorError: There is no such format, or it has no place for what was chosen.
    """
    return zip_parts(_files(export, format_name), f"{export_title(export, format_name)}/")


def _files(export: SnapshotExport, format_name: str) -> Iterator[ExportedFile]:
    chosen = export_format(format_name)
    chosen.check(export.choices)
    return chosen.files(export)


@contextmanager
def _or_sentence() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CuratorError(
            f"The export could not be written: {error}. Nothing of it is left. "
            "Make room, or name another place."
        ) from error


@dataclass
class _Pace:
    """Counts the pictures that an export has taken, which tells best how far it is.

    Attributes:
        total: How many faces there are.
        taken: How many pictures were taken.
        told: How many they were when that was last told.
        files: How many files were begun.
    """

    total: int
    taken: int = 0
    told: int = 0
    files: int = 0

    def counted(self, export: SnapshotExport, format_name: str) -> Iterator[ExportedFile]:
        """Return the files of an export; what is read for them is counted."""
        image = None if export.image is None else self._counting(export.image)
        crop, pixels = self._counting(export.crop), self._counting(export.crop_pixels)
        watched = replace(export, crop=crop, crop_pixels=pixels, image=image)
        return self._counting_files(_files(watched, format_name))

    def _counting(self, read: Callable[[_Key], _Read]) -> Callable[[_Key], _Read]:
        def counted(key: _Key) -> _Read:
            self.taken += 1
            return read(key)

        return counted

    def _counting_files(self, files: Iterator[ExportedFile]) -> Iterator[ExportedFile]:
        for file in files:
            self.files += 1
            yield file

    def written(self, path: Path, chunks: Iterator[bytes]) -> Iterator[Progress]:
        """Write a new file and tell how far the export is."""
        with path.open("xb") as out:
            for chunk in chunks:
                out.write(chunk)
                if self.taken > self.told:
                    self.told = self.taken
                    yield Progress(min(self.taken, self.total), self.total, "Writing pictures")

    def flushing(self) -> Progress:
        """Tell that all is written and the disk has yet to take it."""
        return Progress(self.total, self.total, "Bringing it to disk")
