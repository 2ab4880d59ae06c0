"""One face with all that is measured of it, and where it lies in its image."""

from collections.abc import Sequence
from dataclasses import dataclass

from curator.core.faces.detector import Box
from curator.core.faces.quality import Quality
from curator.steps.faces.face_pictures import face_place
from curator.steps.faces.list_faces import CONFIDENCE, MEASURES
from db.project.project_folder import Project
from db.tables.assignment import FaceVotes
from db.tables.images import Face


@dataclass(frozen=True)
class FaceDetails:
    """One face looked at more closely.

    Attributes:
        face_id: The face.
        image_id: Its image.
        image_name: The image's name.
        source: Where the image came from.
        box: Left, top, right and bottom as shares of the upright image, from 0 to 1.
        landmarks: x and y of each, as such shares; empty where there are none.
        is_whole: The whole image is the face.
        detector: What found it.
        quality: Each of `MEASURES` by its key, None where the face has none.
        votes: How many annotations it has.
        leading: What most of them say; None where nothing leads.
    """

    face_id: int
    image_id: int
    image_name: str
    source: str
    box: Box
    landmarks: tuple[tuple[float, float], ...]
    is_whole: bool
    detector: str
    quality: Quality
    votes: int
    leading: str | None


def face_details(project: Project, face_id: int) -> FaceDetails | None:
    """Read one face with its measures; None when there is no such face."""
    place = face_place(project, face_id)
    if place is None:
        return None
    with project.reading() as session:
        face = session.get_one(Face, face_id)
        votes = session.get_one(FaceVotes, face_id)
        return FaceDetails(
            face_id=face_id,
            image_id=place.image_id,
            image_name=face.image.name,
            source=face.image.source.name,
            box=place.box,
            landmarks=_shares(face.landmarks or (), face.image.width_px, face.image.height_px),
            is_whole=face.is_whole,
            detector=face.detector,
            quality=_measures(face),
            votes=votes.votes,
            leading=votes.leading,
        )


def _shares(
    landmarks: Sequence[Sequence[float]], width_px: int, height_px: int
) -> tuple[tuple[float, float], ...]:
    return tuple((x / width_px, y / height_px) for x, y in landmarks)


def _measures(face: Face) -> Quality:
    known = {**face.quality, CONFIDENCE.key: face.confidence}
    return {key: known.get(key) for key in MEASURES}
