"""Give what a source says of an image to the face it is meant for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from db.curation import Face, Image, ImageLabel
from db.labelling import Annotation
from db.people import Annotator

CLEARLY_LARGER = 2.0
"""How many times the area of every other face the one that is meant has at least."""


@dataclass(frozen=True)
class Placed:
    """What became of the labels of one image.

    Attributes:
        labels: Annotations added.
        issue: Why the labels were left, or None.
    """

    labels: int = 0
    issue: Issue | None = None


def meant_face(faces: Sequence[Face]) -> Face | None:
    """Find the face that a label or a subject of a whole image is about.

    It is the only face, or the one at least twice as large as any other; else none.
    """
    ordered = sorted(faces, key=_area, reverse=True)
    if not ordered or (len(ordered) > 1 and _area(ordered[0]) < CLEARLY_LARGER * _area(ordered[1])):
        return None
    return ordered[0]


def _area(face: Face) -> float:
    return (face.x_max - face.x_min) * (face.y_max - face.y_min)


def place_labels(session: Session, image: Image, faces: Sequence[Face], now: datetime) -> Placed:
    """Give an image's subject and labels to the face they are meant for.

    A label becomes an annotation of the source's annotator, once, however often it is
    placed. Where several faces are of like size nothing is guessed. Does not commit.

    Args:
        session: A writing session.
        image: An image whose faces have been looked for.
        faces: Its faces, stored.
        now: The time to store with the annotations.
    """
    face = meant_face(faces)
    if face is not None:
        face.subject = face.subject or image.subject
    labels = _image_labels(session, image)
    if face is None or not labels:
        return Placed(issue=_issue(image, len(faces)) if labels and faces else None)
    uuids = {label_uuid(image, annotator): (annotator, label) for annotator, label in labels}
    stored = set(session.scalars(select(Annotation.uuid).where(Annotation.uuid.in_(uuids))))
    new = [
        Annotation(
            uuid=uuid, face_id=face.id, annotator_id=annotator.id, label=said.label, stored_at=now
        )
        for uuid, (annotator, said) in uuids.items()
        if uuid not in stored
    ]
    session.add_all(new)
    return Placed(labels=len(new))


def label_uuid(image: Image, annotator: Annotator) -> str:
    """Name a source's label so that it has the same uuid each time it is placed."""
    return str(uuid5(NAMESPACE_URL, f"fer-curator:{image.sha256}/{annotator.name}"))


def _image_labels(session: Session, image: Image) -> list[tuple[Annotator, ImageLabel]]:
    rows = session.execute(
        select(Annotator, ImageLabel)
        .join(ImageLabel, ImageLabel.annotator_id == Annotator.id)
        .where(ImageLabel.image_id == image.id)
        .order_by(ImageLabel.id)
    )
    return [(annotator, label) for annotator, label in rows]


def _issue(image: Image, faces: int) -> Issue:
    return Issue(image.name, f"{faces} faces of like size; the label is left to annotators.")
