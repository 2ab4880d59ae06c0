"""Say what would go if a person, a face, an image or a source were erased. Changes nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from pyarrow.parquet import read_table
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from curator.core.snapshots.recipe import Recipe, recipe_from_json
from curator.core.subjects.clustering import spelled_alike
from curator.errors import CuratorError
from curator.steps.duplicates.group_duplicates import decided_apart
from db.project.biometrics import Biometrics
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from db.tables.duplicates import DuplicatePair, FoundSubject, Match
from db.tables.images import Face, Image, Source
from db.tables.snapshots import StoredSnapshot

Kind = Literal["subject", "face", "image", "source"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_NAMED = 10_000
"""Ids that one statement names: SQLite takes 32,766 parameters."""

Name = TypeVar("Name", int, str)
Found = tuple[set[int], set[int], int | None]


@dataclass(frozen=True)
class Holding:
    """A frozen snapshot that holds what would go.

    Attributes:
        title: Name and version.
        faces: How many of the faces it holds.
        is_newest: Whether it is the newest of its name, so that it gets a successor.
    """

    title: str
    faces: int
    is_newest: bool


@dataclass(frozen=True)
class ErasurePlan:
    """What would go.

    Attributes:
        kind: What was named.
        faces: All faces that go, by id.
        copies: Those of them that nobody named: they show the same picture as one that was.
        images: Images that go whole.
        blotted: Photos that stay, since others are in them: the face is blotted out in each.
        source_id: The source, where one was named.
        annotations: Annotations of these faces.
        embeddings: Faces of them that were measured.
        snapshots: Frozen snapshots that hold some; they are not changed.
    """

    kind: Kind
    faces: frozenset[int]
    copies: frozenset[int]
    images: frozenset[int]
    blotted: frozenset[int]
    source_id: int | None
    annotations: int
    embeddings: int
    snapshots: tuple[Holding, ...]

    def in_words(self) -> list[str]:
        """Say it in sentences."""
        words = [
            f"{len(self.faces):,} faces go, with {self.annotations:,} annotations and "
            f"{self.embeddings:,} embeddings; {len(self.copies):,} of them because they show the "
            "same picture as one that was named.",
            f"Images that go whole: {len(self.images):,}. Photos that also show others, in which "
            f"the face is blotted out: {len(self.blotted):,}.",
        ]
        if self.snapshots:
            held = ", ".join(f"{one.title} ({one.faces:,})" for one in self.snapshots)
            words.append(
                f"Frozen snapshots that hold some, and keep them: {held}. The newest of each name "
                "gets a successor without them."
            )
        return words


def plan_erasure(project: Project, session: Session, kind: Kind, value: str) -> ErasurePlan:
    """Find all that an erasure would remove.

    Args:
        project: The project.
        session: A reading or writing session.
        kind: What is named.
        value: A subject however it is spelled, or as the search for subjects numbered it; the
            id of a face; the id or SHA-256 of an image; the name of a source.

    Raises:
        CuratorError: There is none of this name.
    """
    named, images, source_id = _NAMED[kind](session, value)
    if not named and not images:
        raise CuratorError(f"There is no {kind} {value!r} in the project, so nothing was erased.")
    copied: set[int] = set()
    if kind != "source":  # what other sources have of the same pictures is theirs
        alone = {image for image, all_in in _images_of(session, named).items() if all_in <= named}
        images |= _same_pixels(session, images | alone)
        copied = _copies(session, named | _faces_in(session, images)) - named
    faces = named | copied
    held = _images_of(session, faces)
    whole = images | {image for image, others in held.items() if others <= faces}
    return ErasurePlan(
        kind=kind,
        faces=frozenset(faces),
        copies=frozenset(copied),
        images=frozenset(whole),
        blotted=frozenset(set(held) - whole),
        source_id=source_id,
        annotations=_count_annotations(session, faces),
        embeddings=len(set(Biometrics(project.folder).measured()) & faces),
        snapshots=tuple(_holding(project, session, faces)),
    )


def _face(session: Session, value: str) -> Found:
    known = session.get(Face, int(value)) if value.isdecimal() and len(value) < 19 else None
    return ({known.id} if known else set()), set(), None


def _image(session: Session, value: str) -> Found:
    is_named = Image.id == int(value) if value.isdecimal() and len(value) < 19 else None
    is_hashed = or_(Image.sha256 == value, Image.stored_sha256 == value)
    query = select(Image.id).where(is_hashed if is_named is None else or_(is_hashed, is_named))
    images = set(session.scalars(query))
    return _faces_in(session, images), images, None


def _subject(session: Session, value: str) -> Found:
    wanted = spelled_alike(value)
    if not wanted:
        return set(), set(), None
    told = session.execute(select(Face.id, Face.subject).where(Face.subject.is_not(None)))
    faces = {face for face, subject in told if spelled_alike(subject or "") == wanted}
    numbered = select(FoundSubject.face_id).where(FoundSubject.subject == value)
    empty = select(Image.id, Image.subject).where(
        Image.subject.is_not(None), ~select(Face.id).where(Face.image_id == Image.id).exists()
    )
    images = {
        image for image, subject in session.execute(empty) if spelled_alike(subject or "") == wanted
    }
    return faces | set(session.scalars(numbered)), images, None


def _source(session: Session, value: str) -> Found:
    source = session.scalar(select(Source).where(Source.name == value))
    if source is None:
        return set(), set(), None
    images = set(session.scalars(select(Image.id).where(Image.source_id == source.id)))
    return _faces_in(session, images), images, source.id


_NAMED = {"face": _face, "image": _image, "subject": _subject, "source": _source}


def parts(named: Iterable[Name]) -> Iterator[list[Name]]:
    """Deal ids or hashes out in numbers that one statement can name."""
    ordered = list(named)
    return (ordered[at : at + MOST_NAMED] for at in range(0, len(ordered), MOST_NAMED))


def _faces_in(session: Session, images: set[int]) -> set[int]:
    queries = (select(Face.id).where(Face.image_id.in_(some)) for some in parts(images))
    return {face for query in queries for face in session.scalars(query)}


def _copies(session: Session, faces: set[int]) -> set[int]:
    """Follow verified pairs to all faces of the same picture; frames of a video are others."""
    apart = decided_apart(session)
    seen: set[int] = set()
    ahead = set(faces)
    while ahead:
        seen |= ahead
        pairs = (
            (pair.first_id, pair.second_id)
            for some in parts(ahead)
            for pair in session.scalars(
                select(DuplicatePair).where(
                    DuplicatePair.match != Match.FRAME,
                    or_(DuplicatePair.first_id.in_(some), DuplicatePair.second_id.in_(some)),
                )
            )
        )
        ahead = {face for pair in pairs if pair not in apart for face in pair} - seen
    return seen


def _same_pixels(session: Session, images: set[int]) -> set[int]:
    """Return the images with the same pixels as one of these, which are among them."""
    hashes = {
        sha256
        for some in parts(images)
        for sha256 in session.scalars(select(Image.pixels_sha256).where(Image.id.in_(some)))
    }
    return {
        image
        for some in parts(hashes)
        for image in session.scalars(select(Image.id).where(Image.pixels_sha256.in_(some)))
    }


def _images_of(session: Session, faces: set[int]) -> dict[int, set[int]]:
    """Return each image that one of the faces is in, with all faces that are in it."""
    images = {
        image
        for some in parts(faces)
        for image in session.scalars(select(Face.image_id).where(Face.id.in_(some)))
    }
    held: dict[int, set[int]] = {}
    for some in parts(images):
        query = select(Face.image_id, Face.id).where(Face.image_id.in_(some))
        for image, face in session.execute(query):
            held.setdefault(image, set()).add(face)
    return held


def _count_annotations(session: Session, faces: set[int]) -> int:
    count = select(func.count()).select_from(Annotation)
    return sum(session.scalar(count.where(Annotation.face_id.in_(p))) or 0 for p in parts(faces))


def _holding(project: Project, session: Session, faces: set[int]) -> Iterator[Holding]:
    stored = session.scalars(select(StoredSnapshot).order_by(StoredSnapshot.id)).all()
    newest = {snapshot.name: snapshot.id for snapshot in stored}
    for snapshot in stored:
        manifest = project.folder / snapshot.folder / "manifest.parquet"
        if not manifest.is_file():  # somebody has removed it, so it holds nobody
            continue
        ids = read_table(manifest, columns=["face_id"])["face_id"].to_pylist()
        held = len(faces.intersection(ids))
        if held:
            yield Holding(snapshot.title, held, newest[snapshot.name] == snapshot.id)


def snapshots_to_refreeze(session: Session, plan: ErasurePlan) -> list[tuple[str, Recipe]]:
    """Return the name and the recipe of each newest version that holds what was erased.

    Freezing the name anew by the same recipe makes a version without it.

    Args:
        session: A reading session.
        plan: What was erased.
    """
    titles = {holding.title for holding in plan.snapshots if holding.is_newest}
    stored = session.scalars(select(StoredSnapshot).order_by(StoredSnapshot.id))
    return [
        (snapshot.name, recipe_from_json(snapshot.recipe.choices))
        for snapshot in stored
        if snapshot.title in titles
    ]
