"""Give what sources say of images to the faces it is meant for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from curator.core.faces.box_matching import overlap
from curator.core.faces.detector import Box
from curator.core.issues import Issue
from db.tables.annotations import Annotation
from db.tables.images import CrowdVote, Face, Image, ImageBox, ImageLabel
from db.tables.people import Annotator

CLEARLY_LARGER = 2.0
"""How many times the area of every other face the one that is meant has at least."""

SAME_FACE_OVERLAP = 0.4
"""Smallest intersection over union of a stated box with a face that was found there."""

T = TypeVar("T")


@dataclass(frozen=True)
class MatchedLabels:
    """What became of the labels of some images.

    Attributes:
        labels: Annotations added.
        issues: Why labels were left.
    """

    labels: int = 0
    issues: tuple[Issue, ...] = ()


def labelled_box(boxes_xyxy: Sequence[Box]) -> int | None:
    """Find the face that a label or a subject of a whole image is about.

    It is the only face, or the one at least twice as large as any other; else none.

    Returns:
        Its place among the boxes, or None.

    Example:
        >>> labelled_box([(0, 0, 2, 2), (0, 0, 3, 3)]), labelled_box([(0, 0, 2, 2), (0, 0, 1, 2)])
        (1, 0)
        >>> labelled_box([(0, 0, 2, 2), (5, 0, 7, 2)]) is None
        True
    """
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in boxes_xyxy]
    ordered = sorted(areas, reverse=True)
    if not areas or (len(areas) > 1 and ordered[0] < CLEARLY_LARGER * ordered[1]):
        return None
    return areas.index(ordered[0])


def match_source_labels(
    session: Session, image_ids: Collection[int], now: datetime
) -> MatchedLabels:
    """Give subjects, labels and the votes of crowds to the faces they are meant for.

    A label becomes an annotation of the source's annotator, once, however often it is
    placed. What is said of a box goes to the face made of it or found there. Where several
    faces are of like size nothing is guessed. Does not commit.

    Args:
        session: A writing session.
        image_ids: Images whose faces have been looked for, all of them stored.
        now: The time to store with the annotations.
    """
    session.flush()
    images = session.scalars(select(Image).where(Image.id.in_(image_ids)).order_by(Image.id)).all()
    known = _Known(session, image_ids)
    for image in images:
        _name_subject(session, known.meant(image, 0), image.subject)
    crowds = _place_crowds(session, known, images)
    placed = _new_annotations(session, known, images, now)
    if placed:
        session.execute(insert(Annotation), placed)
    issues = [issue for image in images if (issue := known.issue(image)) is not None]
    return MatchedLabels(len(placed) + crowds, tuple(issues))


class _Known:
    """What is stored of some images."""

    def __init__(self, session: Session, image_ids: Collection[int]) -> None:
        faces = select(Face).where(Face.image_id.in_(image_ids)).order_by(Face.id)
        boxes = select(ImageBox).where(ImageBox.image_id.in_(image_ids))
        labels = (
            select(Annotator.name, ImageLabel)
            .join(ImageLabel, ImageLabel.annotator_id == Annotator.id)
            .where(ImageLabel.image_id.in_(image_ids))
            .order_by(ImageLabel.id)
        )
        crowds = select(CrowdVote).where(CrowdVote.image_id.in_(image_ids))
        self._faces = _by_image((face.image_id, face) for face in session.scalars(faces))
        self._boxes = {(box.image_id, box.number): box for box in session.scalars(boxes)}
        self.labels = _by_image(
            (label.image_id, (name, label)) for name, label in session.execute(labels)
        )
        self.crowds = _by_image((vote.image_id, vote) for vote in session.scalars(crowds))

    def meant(self, image: Image, box_number: int) -> Face | None:
        """Find the face that is meant by a box of an image; by 0, the face of the whole."""
        faces = self._faces.get(image.id, [])
        if not box_number:
            place = labelled_box([_box(face) for face in faces])
            return None if place is None else faces[place]
        made = next((face for face in faces if face.box_number == box_number), None)
        return made or self._there(self._boxes[image.id, box_number], faces)

    def _there(self, box: ImageBox, faces: Sequence[Face]) -> Face | None:
        overlaps = [(overlap(_box(box), _box(face)), -face.id, face) for face in faces]
        share, _, face = max(overlaps, key=lambda one: one[:2], default=(0.0, 0, None))
        return face if share >= SAME_FACE_OVERLAP else None

    def issue(self, image: Image) -> Issue | None:
        """Say why what is said of an image is left to annotators."""
        numbers = {label.box_number for _, label in self.labels.get(image.id, [])}
        numbers |= {vote.box_number for vote in self.crowds.get(image.id, [])}
        faces = len(self._faces.get(image.id, []))
        lost = sorted(number for number in numbers if self.meant(image, number) is None)
        if not lost or (lost == [0] and not faces):
            return None
        if lost[0] == 0:
            return Issue(
                image.name, f"{faces} faces of like size; the label is left to annotators."
            )
        return Issue(image.name, f"no face at box {lost[0]} of its source; its label is kept.")


def _by_image(rows: Iterable[tuple[int, T]]) -> Mapping[int, list[T]]:
    grouped: defaultdict[int, list[T]] = defaultdict(list)
    for image_id, row in rows:
        grouped[image_id].append(row)
    return grouped


def _box(row: Face | ImageBox) -> Box:
    return row.x_min, row.y_min, row.x_max, row.y_max


def _name_subject(session: Session, face: Face | None, subject: str | None) -> None:
    if face is not None and subject and face.subject is None:
        session.execute(update(Face).where(Face.id == face.id).values(subject=subject))


def _place_crowds(session: Session, known: _Known, images: Iterable[Image]) -> int:
    waiting = [
        (vote, face)
        for image in images
        for vote in known.crowds.get(image.id, [])
        if vote.face_id is None and (face := known.meant(image, vote.box_number)) is not None
    ]
    for vote, face in waiting:
        vote.face_id = face.id
    session.flush()
    return len(waiting)


def _new_annotations(
    session: Session, known: _Known, images: Iterable[Image], now: datetime
) -> list[dict[str, Any]]:
    wanted = {
        label_uuid(image.sha256, name, label.box_number): (face.id, label)
        for image in images
        for name, label in known.labels.get(image.id, [])
        if (face := known.meant(image, label.box_number)) is not None
    }
    stored = set(session.scalars(select(Annotation.uuid).where(Annotation.uuid.in_(wanted))))
    return [
        {
            "uuid": uuid,
            "face_id": face_id,
            "annotator_id": label.annotator_id,
            "label": label.label,
            "flag": label.flag,
            "stored_at": now,
        }
        for uuid, (face_id, label) in wanted.items()
        if uuid not in stored
    ]


def label_uuid(image_sha256: str, annotator: str, box_number: int = 0) -> str:
    """Name a source's label so that it has the same uuid each time it is placed."""
    box = f"#{box_number}" if box_number else ""
    return str(uuid5(NAMESPACE_URL, f"fer-curator:{image_sha256}/{annotator}{box}"))
