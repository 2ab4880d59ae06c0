"""Find the faces of images that no detector has looked at yet, or that none was found in."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import cv2
from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.errors import disk_errors_explained
from curator.steps.faces.cut_faces import CutFace, DetectionSession, cut_faces
from curator.steps.faces.detection_session import check_detector, detection_session
from curator.steps.faces.match_source_labels import match_source_labels
from curator.steps.faces.new_ids import face_rows, with_new_ids
from curator.steps.images.image_codec import NotAnImageError, decoded
from curator.steps.process_pool import counted_batches, fan_out
from db.files.staged_blobs import keep_aside
from db.jobs.progress import Progress, Steps
from db.project.project_folder import Project
from db.tables.images import Face, Image

PAGE_ROWS = 1000
DOING = "Finding faces"

CRASHED = "made the program that looks at it stop, and is left out. Save it anew as JPEG or PNG."

NOT_LOOKED_AT = "cannot be looked at ({})."

AT_ONCE = 8
"""Files that a process is handed at a time: looking at one takes it a few milliseconds."""

BATCH_IMAGES = 16
"""Images committed at a time: their rows hold the write lock for some 15 ms, in which the
labels of all who work now wait."""


@dataclass(frozen=True)
class StoredImage:
    """An image of the project to look at: its id and where its blob lies."""

    image_id: int
    path: Path


@dataclass(frozen=True)
class DetectedFaces:
    """The faces of an image; `refused` says why it could not be looked at, or is empty."""

    faces: tuple[CutFace, ...] = ()
    refused: str = ""


@dataclass(frozen=True)
class DetectReport:
    """What a search for faces did.

    Attributes:
        images: Images looked at.
        faces: Faces found.
        without_face: Images in which none was found.
        labels_placed: Annotations made of the source's labels.
        issues: Images without a face, that could not be read, or whose label fits no face.
    """

    images: int = 0
    faces: int = 0
    without_face: int = 0
    labels_placed: int = 0
    issues: tuple[Issue, ...] = ()

    def __add__(self, other: "DetectReport") -> "DetectReport":
        """Report two parts of the work as one."""
        return DetectReport(
            self.images + other.images,
            self.faces + other.faces,
            self.without_face + other.without_face,
            self.labels_placed + other.labels_placed,
            self.issues + other.issues,
        )


def detect_faces(  # noqa: PLR0913 - what, how, and where to do the work
    project: Project,
    session: Session,
    detector_name: str,
    *,
    now: datetime,
    again: bool = False,
    executor: Executor | None = None,
) -> Steps[DetectReport]:
    """Find, cut out and store the faces of all images not looked at yet.

    An import looks at its images itself: what is left are images of earlier versions, and
    those in which a detector found nothing, where another may. A label of the source
    becomes an annotation of the face that it is meant for. Stopped anywhere and begun
    again, it goes on with the images that are left. Only images that are committed are
    seen. An image that cannot be read stays to be looked at.

    Args:
        project: The project.
        session: A writing session on it; it is used only between the batches of some
            images, so that the slow work holds no lock. The caller commits at each yield.
        detector_name: One of `DETECTORS`.
        now: The time to store with what is found.
        again: Whether to look again at images in which no face was found.
        executor: Where to look, see `Workers`; in this process when None.

    Raises:
        CuratorError: There is no such detector, or not here.
    """
    check_detector(detector_name)
    total = _pending_count(project, again=again)
    yield Progress(0, total, DOING)
    report = DetectReport()
    with detection_session(project, detector_name) as looking:
        see = partial(detect_stored, looking=looking)
        files = _pending(project, again=again)
        seen = fan_out(executor, see, files, at_once=AT_ONCE, crashed=crashed_detection)
        for done, batch in counted_batches(seen, BATCH_IMAGES):
            if batch:
                found = {file.image_id: faces for file, faces in batch}
                faces = [face for one in found.values() for face in one.faces]
                with disk_errors_explained():
                    keep_aside(looking.aside, [blob for face in faces for blob in face.blobs])
                report += _store(session, found, now)
            yield Progress(done, max(total, done), DOING)
    return report


def crashed_detection(_: StoredImage) -> DetectedFaces:
    """Say of an image that it made the process die which looked at it."""
    return DetectedFaces(refused=CRASHED)


def detect_stored(stored: StoredImage, *, looking: DetectionSession) -> DetectedFaces:
    """Cut out the faces of an image that the project has."""
    try:
        return DetectedFaces(cut_faces(decoded(stored.path.read_bytes()), (), looking))
    except (NotAnImageError, OSError) as error:
        return DetectedFaces(refused=str(error))
    except cv2.error as error:
        return DetectedFaces(refused=NOT_LOOKED_AT.format(error.err))


def _is_pending(*, again: bool) -> ColumnElement[bool]:
    if not again:
        return Image.faces_found_at.is_(None)
    return ~select(Face.id).where(Face.image_id == Image.id).exists()


def _pending_count(project: Project, *, again: bool) -> int:
    with project.reading() as session:
        pending = select(func.count()).select_from(Image).where(_is_pending(again=again))
        return session.scalar(pending) or 0


def _pending(project: Project, *, again: bool) -> Iterator[StoredImage]:
    """Yield the images to look at by id, reading a page of them at a time."""
    last_id = 0
    while rows := _pending_page(project, last_id, again=again):
        yield from (StoredImage(image_id, project.images.path(sha256)) for image_id, sha256 in rows)
        last_id = rows[-1][0]


def _pending_page(project: Project, last_id: int, *, again: bool) -> Sequence[tuple[int, str]]:
    query = (
        select(Image.id, Image.blob_sha256)
        .where(_is_pending(again=again), Image.id > last_id)
        .order_by(Image.id)
        .limit(PAGE_ROWS)
    )
    with project.reading() as session:
        return [(image_id, sha256) for image_id, sha256 in session.execute(query)]


def _store(session: Session, found: dict[int, DetectedFaces], now: datetime) -> DetectReport:
    """Store the rows of a batch whose blobs are kept: no row names a blob not there."""
    # Another search may have been quicker: what it found is left as it is.
    query = select(Image).where(Image.id.in_(found), _is_pending(again=True)).order_by(Image.id)
    report, looked_at = DetectReport(), []
    for image in session.scalars(query).all():
        seen = found[image.id]
        if seen.refused:
            report += DetectReport(issues=(Issue(image.name, seen.refused),))
            continue
        image.faces_found_at = now
        looked_at.append(image.id)
        rows = face_rows(image.id, seen.faces, image.subject, now)
        if rows:
            session.execute(insert(Face), with_new_ids(session, rows))
        report += _found(image.name, len(rows))
    placed = match_source_labels(session, looked_at, now)
    return report + DetectReport(labels_placed=placed.labels, issues=placed.issues)


def _found(name: str, faces: int) -> DetectReport:
    if faces:
        return DetectReport(1, faces)
    return DetectReport(1, without_face=1, issues=(Issue(name, "no face found."),))
