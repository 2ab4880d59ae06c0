"""Take a collection into a project: its images, their faces, what its source says of them."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import asdict, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from curator.errors import CuratorError, disk_errors_explained
from curator.steps.faces.cut_faces import DetectionSession, load
from curator.steps.faces.detect_faces import AT_ONCE, BATCH_IMAGES
from curator.steps.faces.detection_session import check_detector, detection_session
from curator.steps.images.image_codec import IMAGE_SUFFIXES
from curator.steps.importing.archives.open_collection import Collection, opened_collection
from curator.steps.importing.detect_crops import propose_crops
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.import_report import ImportReport
from curator.steps.importing.read_image_files import (
    FileToRead,
    ReadFile,
    crashed_file,
    read_image_file,
)
from curator.steps.importing.sources import LAYOUTS, read_source
from curator.steps.importing.sources.common.source_entry import Entry, SourceReading
from curator.steps.importing.store_images import ImageAdder, ImportRecord
from curator.steps.process_pool import Workers, counted_batches, fan_out
from db.files.staged_blobs import keep_aside
from db.jobs.progress import Progress, Steps
from db.project.project_folder import Project

__all__ = ["ImportReport", "SourceChoice", "import_images"]


DOING = "Importing images"


def import_images(  # noqa: PLR0913 - five things and where to do the work
    project: Project,
    session: Session,
    origin: Path,
    source: SourceChoice,
    *,
    detector_name: str,
    now: datetime,
    executor: Executor | None = None,
) -> Steps[ImportReport]:
    """Take in a folder, an archive or a table of images and find the faces in them.

    An image is known by the SHA-256 of its bytes: importing twice adds nothing, and what
    its source newly says of a known image is added to it. An image, its faces and what is
    said of them are committed together; stopped anywhere and begun again, the import goes
    on where it was, and ends as one that was never stopped.

    Args:
        project: The project.
        session: A writing session on it; it is used only between the batches of some
            images, so that the slow work holds no lock. The caller commits at each yield.
        origin: The folder, the archive or the table.
        source: What is said of its images.
        detector_name: One of `DETECTORS`.
        now: The time to store with what comes in.
        executor: Where to look at them, see `Workers`; in this process when None.

    Raises:
        CuratorError: The origin, a label file or the detector cannot be used as a whole.
    """
    check_detector(detector_name)
    if isinstance(executor, Workers):  # they load while the collection is read
        executor.warm_up(load, detector_name)
    with opened_collection(origin, scratch=project.uploads) as collection:
        reading = _with_addresses(read_source(collection, source), source)
        _check_some(origin, reading, collection)
        total = len(reading.entries)
        yield Progress(0, total, DOING)
        recipe = _recipe(source, reading, detector_name)
        adder = ImageAdder(session, recipe, now)
        report = ImportReport(
            issues=collection.issues + reading.issues,
            layout=reading.layout,
            detector=detector_name,
            holds_crops=recipe.holds_crops,
        )
        with detection_session(project, detector_name, holds_crops=recipe.holds_crops) as looking:
            seen = _seen(project, looking, reading, executor)
            for done, batch in counted_batches(seen, BATCH_IMAGES):
                if batch:
                    images = [file.image for _, file in batch if file.image is not None]
                    blobs = [blob for image in images for blob in image.blobs]
                    with disk_errors_explained():
                        keep_aside(looking.aside, blobs)
                    report += adder.add(batch)
                yield Progress(done, total, DOING)
    return report


def _seen(
    project: Project, looking: DetectionSession, reading: SourceReading, executor: Executor | None
) -> Iterator[tuple[Entry, ReadFile]]:
    see = partial(read_image_file, looking=looking, database=project.database)
    files = (FileToRead(entry.file, entry.boxes_xyxy) for entry in reading.entries)
    seen = fan_out(executor, see, files, at_once=AT_ONCE, crashed=crashed_file)
    for entry, (_, file) in zip(reading.entries, seen, strict=True):
        yield entry, file


def _with_addresses(reading: SourceReading, source: SourceChoice) -> SourceReading:
    """Add to images that came from the web where they came from."""
    if not source.addresses:
        return reading
    entries = (
        replace(entry, details={**entry.details, "url": source.addresses[entry.file.name]})
        if entry.file.name in source.addresses
        else entry
        for entry in reading.entries
    )
    return replace(reading, entries=tuple(entries))


def _check_some(origin: Path, reading: SourceReading, collection: Collection) -> None:
    if not reading.entries and not collection.issues:  # else these say why there are none
        raise CuratorError(f"{origin} holds no images ({', '.join(sorted(IMAGE_SUFFIXES))}).")


def _recipe(source: SourceChoice, reading: SourceReading, detector_name: str) -> ImportRecord:
    holds_crops = source.holds_crops
    if holds_crops is None:
        holds_crops = propose_crops(reading).holds_crops
    return ImportRecord(
        source=source.name.strip(),
        terms=source.terms or LAYOUTS[reading.layout].terms,
        layout=reading.layout,
        holds_crops=holds_crops,
        choices=_choices(replace(source, holds_crops=holds_crops), detector_name),
    )


def _choices(source: SourceChoice, detector_name: str) -> dict[str, Any]:
    """Say every choice in what JSON can say; label files by name, since they move about."""
    said = asdict(source)
    del said["name"], said["terms"], said["layout"], said["addresses"], said["label_files"]
    return said | {
        "legends": [path.name for path in source.label_files],
        "detector": detector_name,
    }
