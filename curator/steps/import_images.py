"""Take the images of a folder or a zip into a project, with what legends say of them."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.add_images import Arrival, ImageAdder, ImportReport
from curator.steps.archives import (
    Collection,
    CollectionFile,
    UnreadableFileError,
    opened_collection,
)
from curator.steps.fan_out import fan_out
from curator.steps.image_files import IMAGE_SUFFIXES, image_facts
from curator.steps.legend import Legend, matched, read_legend
from curator.steps.source_choice import SourceChoice
from db.curation import Image
from db.progress import BATCH_ROWS, Progress, Steps
from db.project import Project
from db.storage import sha256_of

__all__ = ["ImportReport", "SourceChoice", "import_images"]

BATCH_BYTES = 64 * 2**20
"""Bytes of images held at a time; a batch ends when it has them, or 100 images."""


def import_images(  # noqa: PLR0913 - five things and where to do the work
    project: Project,
    session: Session,
    origin: Path,
    source: SourceChoice,
    *,
    now: datetime,
    executor: Executor | None = None,
) -> Steps[ImportReport]:
    """Take in the images of a folder or a zip.

    An image is known by the SHA-256 of its bytes: importing twice adds nothing, and what
    a new legend says of a known image is added to it. Stopped anywhere and begun again, it
    goes on where it was.

    Args:
        project: The project.
        session: A writing session on it; it is used only between the batches of about 100
            images, so that the slow work holds no lock. The caller commits at each yield.
        origin: The folder or the zip.
        source: What is said of its images.
        now: The time to store with what comes in.
        executor: Where to decode, see `process_executor`; in this process when None.

    Raises:
        CuratorError: The origin or a legend cannot be used as a whole.
    """
    with opened_collection(origin) as collection:
        legends = [_legend(path, collection) for path in source.legends]
        says = matched(legends, [file.name for file in collection.images])
        total, done = len(collection.images), 0
        _check_some(origin, total)
        yield Progress(0, total, "Importing images")
        adder = ImageAdder(project, session, source, now)
        report = ImportReport(issues=_issues_of(collection, legends) + says.issues)
        for batch in _batches(collection.images):
            arrivals, unread = _parted(batch)
            _decode(project, arrivals, executor)
            report += unread + adder.add(arrivals, says.rows)
            done += len(batch)
            yield Progress(done, total, "Importing images")
    return report


def _issues_of(collection: Collection, legends: Iterable[Legend]) -> tuple[Issue, ...]:
    return collection.issues + tuple(issue for legend in legends for issue in legend.issues)


def _check_some(origin: Path, images: int) -> None:
    if not images:
        raise CuratorError(f"{origin} holds no images ({', '.join(sorted(IMAGE_SUFFIXES))}).")


def _legend(path: Path, collection: Collection) -> Legend:
    inside = {file.name: file for file in collection.tables}
    try:
        if path.is_file():
            return read_legend(path.name, path.read_bytes())
        if path.as_posix() in inside:
            return read_legend(path.name, inside[path.as_posix()].read())
    except (OSError, UnreadableFileError) as error:
        raise CuratorError(f"The legend {path} cannot be read: {error}") from error
    raise CuratorError(f"There is no legend {path}, neither by that path nor among the images.")


def _batches(files: Sequence[CollectionFile]) -> Iterator[list[Arrival | Issue]]:
    batch: list[Arrival | Issue] = []
    size_bytes = 0
    for file in files:
        batch.append(_arrival(file))
        size_bytes += file.size_bytes
        if len(batch) == BATCH_ROWS or size_bytes >= BATCH_BYTES:
            yield batch
            batch, size_bytes = [], 0
    if batch:
        yield batch


def _arrival(file: CollectionFile) -> Arrival | Issue:
    try:
        content = file.read()
    except UnreadableFileError as error:
        return Issue(file.name, str(error))
    return Arrival(file.name, content, sha256_of(content))


def _parted(batch: list[Arrival | Issue]) -> tuple[list[Arrival], ImportReport]:
    arrivals = [one for one in batch if isinstance(one, Arrival)]
    return arrivals, ImportReport(issues=tuple(one for one in batch if isinstance(one, Issue)))


def _decode(project: Project, arrivals: list[Arrival], executor: Executor | None) -> None:
    """Add the facts to those arrivals that the project does not have yet."""
    hashes = {arrival.sha256 for arrival in arrivals}
    with project.reading() as session:
        known = set(session.scalars(select(Image.sha256).where(Image.sha256.in_(hashes))))
    new = [arrival for arrival in arrivals if arrival.sha256 not in known]
    contents = (arrival.content for arrival in new)
    for arrival, (_, facts) in zip(new, fan_out(executor, image_facts, contents), strict=True):
        arrival.facts = facts
