"""Read the subjects of a source that is there off the names of its images."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.faces.match_source_labels import labelled_box
from curator.steps.importing.import_options import SourceChoice
from db.jobs.progress import Progress, Steps
from db.tables.audit import note
from db.tables.images import Face, Image, Source

BATCH_IMAGES = 500
"""Images that are changed between two commits: some hundredths of a second."""


@dataclass(frozen=True)
class NamedImage:
    """An image whose name tells a subject.

    Attributes:
        image_id: The image.
        name: Its name.
        subject: The subject that the name tells.
        before: The subject that it has now, or None.
    """

    image_id: int
    name: str
    subject: str
    before: str | None

    @property
    def is_changed(self) -> bool:
        """Whether the image would get another subject than it has."""
        return self.subject != self.before


@dataclass(frozen=True)
class NamedSubjects:
    """What a pattern reads off the names of a source's images.

    Attributes:
        source: The source's name.
        named: The images whose names tell a subject, in their order.
        silent: Names of those that tell none; these images stay as they are.
    """

    source: str
    named: tuple[NamedImage, ...]
    silent: tuple[str, ...]

    @property
    def subjects(self) -> dict[str, int]:
        """How many images show each subject, the most frequent first."""
        return dict(Counter(image.subject for image in self.named).most_common())

    @property
    def changed(self) -> tuple[NamedImage, ...]:
        """Those that would get another subject than they have."""
        return tuple(image for image in self.named if image.is_changed)


def read_subjects(session: Session, source_id: int, pattern: str) -> NamedSubjects:
    r"""Try a pattern on the names of a source's images; changes nothing.

    Args:
        source_id: The source.
        pattern: A regular expression whose one group is the subject in the name of a file
            without its suffix, such as `^(.+?)_\d+$`, as on import.

    Raises:
        CuratorError: There is no such source, or the pattern cannot be read.
    """
    source = session.get(Source, source_id)
    if source is None:
        raise CuratorError(f"There is no source {source_id}. Choose one that the project holds.")
    choice = SourceChoice(source.name, subject_pattern=pattern)
    query = select(Image.id, Image.name, Image.subject).where(Image.source_id == source_id)
    rows = session.execute(query.order_by(Image.id)).all()
    told = [(row, choice.subject_of(row.name)) for row in rows]
    return NamedSubjects(
        source.name,
        tuple(
            NamedImage(row.id, row.name, subject, row.subject) for row, subject in told if subject
        ),
        tuple(row.name for row, subject in told if not subject),
    )


def name_subjects(
    session: Session, source_id: int, pattern: str, *, by: int | None, now: datetime
) -> Steps[int]:
    """Give images and the faces meant the subjects that the images' names tell.

    An image that has another subject gets this one; one whose name tells none stays as it
    is. Of several faces in an image, the one that is meant is as on import: see `labelled_box`.

    Args:
        session: A writing session. The caller commits at each yield and at the end.
        source_id: The source.
        pattern: As `read_subjects` takes it.
        by: Who wants it; None for a command.
        now: The time.

    Returns:
        How many images have another subject now.

    Raises:
        CuratorError: As `read_subjects`.
    """
    read = read_subjects(session, source_id, pattern)
    changed = read.changed
    details = {"source": read.source, "pattern": pattern, "images": len(changed)}
    note(session, "subjects named", details | {"subjects": len(read.subjects)}, by, now)
    for start in range(0, len(changed), BATCH_IMAGES):
        _name(session, changed[start : start + BATCH_IMAGES])
        yield Progress(min(start + BATCH_IMAGES, len(changed)), len(changed), "Naming subjects")
    return len(changed)


def _name(session: Session, images: Sequence[NamedImage]) -> None:
    subjects = {image.image_id: image.subject for image in images}
    of_images = [{"id": image_id, "subject": subject} for image_id, subject in subjects.items()]
    session.execute(update(Image), of_images)
    of_faces = [
        {"id": face_id, "subject": subjects[image_id]}
        for image_id, face_id in _meant_faces(session, subjects)
    ]
    if of_faces:
        session.execute(update(Face), of_faces)


def _meant_faces(session: Session, image_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Yield images, by their ids, each with the face that is meant."""
    query = select(Face).where(Face.image_id.in_(image_ids)).order_by(Face.image_id, Face.id)
    for image_id, faces in groupby(session.scalars(query), key=lambda face: face.image_id):
        there = list(faces)
        place = labelled_box([(face.x_min, face.y_min, face.x_max, face.y_max) for face in there])
        if place is not None:
            yield image_id, there[place].id
