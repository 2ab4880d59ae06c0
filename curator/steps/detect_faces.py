"""Find the faces of all images that no detector has looked at yet."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.detector import DETECTORS, why_missing
from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.cut_faces import CutFace, CutFaces, cut_faces
from curator.steps.fan_out import fan_out, in_batches
from curator.steps.place_labels import place_labels
from db.curation import Face, Image
from db.progress import Progress, Steps
from db.project import Project

PAGE_ROWS = 1000
BATCH_IMAGES = 10
"""Images committed at a time: their faces hold the write lock for some 25 ms, in which the
labels of all who work now wait."""


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


def detect_faces(
    project: Project,
    session: Session,
    detector_name: str,
    *,
    now: datetime,
    executor: Executor | None = None,
) -> Steps[DetectReport]:
    """Find, cut out and store the faces of all images not looked at yet.

    A label of the source becomes an annotation of the face that it is meant for. Stopped
    anywhere and begun again, it goes on with the images that are left. Only images that
    are committed are seen. An image that cannot be read stays to be looked at.

    Args:
        project: The project.
        session: A writing session on it; it is used only between the batches of some
            images, so that the slow work holds no lock. The caller commits at each yield.
        detector_name: One of `DETECTORS`.
        now: The time to store with what is found.
        executor: Where to look, see `process_executor`; in this process when None.

    Raises:
        CuratorError: There is no such detector, or not here.
    """
    _check_detector(detector_name)
    search = _Search(project, session, detector_name, now)
    total = _pending_count(project)
    yield Progress(0, total, "Finding faces")
    look = partial(_look, detector_name=detector_name)
    report, done = DetectReport(), 0
    for batch in in_batches(fan_out(executor, look, _pending(project)), BATCH_IMAGES):
        report += search.store({pending.image_id: cut for pending, cut in batch})
        done += len(batch)
        yield Progress(done, max(total, done), "Finding faces")
    return report


def _check_detector(name: str) -> None:
    if name not in DETECTORS:
        raise CuratorError(f"Detector must be one of {', '.join(DETECTORS)}. Received: {name!r}")
    if reason := why_missing(name):
        raise CuratorError(f"{reason} Choose another one.")


def _pending_count(project: Project) -> int:
    with project.reading() as session:
        pending = Image.faces_found_at.is_(None)
        return session.scalar(select(func.count()).select_from(Image).where(pending)) or 0


@dataclass(frozen=True)
class _Pending:
    """An image to look at: its id and where its bytes lie."""

    image_id: int
    path: Path


def _pending(project: Project) -> Iterator[_Pending]:
    """Yield the images to look at by id, reading a page of them at a time."""
    last_id = 0
    while rows := _pending_page(project, last_id):
        yield from (_Pending(image_id, project.images.path(sha256)) for image_id, sha256 in rows)
        last_id = rows[-1][0]


def _pending_page(project: Project, last_id: int) -> Sequence[tuple[int, str]]:
    query = (
        select(Image.id, Image.sha256)
        .where(Image.faces_found_at.is_(None), Image.id > last_id)
        .order_by(Image.id)
        .limit(PAGE_ROWS)
    )
    with project.reading() as session:
        return [(image_id, sha256) for image_id, sha256 in session.execute(query)]


def _look(pending: _Pending, detector_name: str) -> CutFaces:
    return cut_faces(pending.path, detector_name)


@dataclass(frozen=True)
class _Search:
    """Stores what is found; the fields are the arguments of `detect_faces`."""

    project: Project
    session: Session
    detector_name: str
    now: datetime

    def store(self, cuts: dict[int, CutFaces]) -> DetectReport:
        """Keep the blobs of a batch, then its rows: no row ever names a blob not there."""
        blobs = {
            image_id: [self._put(face) for face in cut.faces] for image_id, cut in cuts.items()
        }
        reports = []
        for image in self._still_pending(cuts):
            cut = cuts[image.id]
            faces = [
                self._face(image, face, names)
                for face, names in zip(cut.faces, blobs[image.id], strict=True)
            ]
            reports.append(
                _not_read(image, cut) if cut.refused else self._store_image(image, faces)
            )
        return sum(reports, DetectReport())

    def _put(self, face: CutFace) -> tuple[str, str]:
        return self.project.crops.put(face.crop_png), self.project.views.put(face.view_jpeg)

    def _still_pending(self, cuts: dict[int, CutFaces]) -> Sequence[Image]:
        # Another search may have been quicker: what it looked at is left as it is.
        query = select(Image).where(Image.id.in_(cuts), Image.faces_found_at.is_(None))
        return self.session.scalars(query.order_by(Image.id)).all()

    def _face(self, image: Image, found: CutFace, names: tuple[str, str]) -> Face:
        x_min, y_min, x_max, y_max = found.box_xyxy
        crop_sha256, view_sha256 = names
        return Face(
            image_id=image.id,
            x_min=x_min,
            y_min=y_min,
            x_max=x_max,
            y_max=y_max,
            landmarks=found.landmarks,
            detector=self.detector_name,
            confidence=found.confidence,
            quality=found.quality,
            crop_sha256=crop_sha256,
            view_sha256=view_sha256,
            phash=found.phash,
            phash_mirrored=found.phash_mirrored,
            found_at=self.now,
        )

    def _store_image(self, image: Image, faces: list[Face]) -> DetectReport:
        image.faces_found_at = self.now
        if not faces:
            return DetectReport(1, without_face=1, issues=(Issue(image.name, "no face found."),))
        self.session.add_all(faces)
        self.session.flush()
        placed = place_labels(self.session, image, faces, self.now)
        issues = () if placed.issue is None else (placed.issue,)
        return DetectReport(1, len(faces), labels_placed=placed.labels, issues=issues)


def _not_read(image: Image, cut: CutFaces) -> DetectReport:
    return DetectReport(issues=(Issue(image.name, cut.refused),))
