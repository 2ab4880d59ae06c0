"""Small projects and tables with what a test needs written out."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.images.image_codec import jpeg, png
from curator.steps.images.perceptual_hash import phashes
from curator.steps.people.accounts import Account, add_account
from db.files.blobs import sha256_of
from db.labels import Expression, Flag
from db.project.project_folder import DATABASE_NAME, Project, make_project, open_project
from db.tables import STANDING, Annotation, Annotator, Face, Image, Role, Source

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def make_pixels(seed: int, size_px: int = 75) -> np.ndarray:
    """Draw smooth random patches, so that other seeds look unlike."""
    rough = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
    return np.kron(rough, np.ones((size_px // 5, size_px // 5, 1), dtype=np.uint8))


def make_annotator(session: Session, name: str, role: Role = Role.ANNOTATOR) -> int:
    """Store an annotator and return the id."""
    annotator = Annotator(name=name, role=role, created_at=NOW)
    session.add(annotator)
    session.flush()
    return annotator.id


def add_person(session: Session, name: str, role: Role, password: str, now: datetime) -> int:
    """Add an account with a password as the command does, and return its id."""
    return add_account(session, Account(name, role, password), now)


def make_face(
    project: Project,
    session: Session,
    *,
    seed: int,
    subject: str | None = None,
    pixels: np.ndarray | None = None,
    name: str = "",
) -> int:
    """Store an image with one face that fills it, crop and view included; return its id."""
    crop = make_pixels(seed) if pixels is None else pixels
    content = png(crop) + b"\0" * seed  # other bytes for each seed, the same pixels if asked
    image = Image(
        source=_source(session),
        name=name or f"{seed}.png",
        sha256=project.images.put(content),
        pixels_sha256=sha256_of(crop.tobytes()),
        width_px=75,
        height_px=75,
        subject=subject,
        **phashes(crop),
        imported_at=NOW,
        faces_found_at=NOW,
    )
    face = Face(
        image=image,
        x_min=0,
        y_min=0,
        x_max=75,
        y_max=75,
        landmarks=None,
        detector="none",
        confidence=1,
        quality={},
        subject=subject,
        crop_sha256=project.crops.put(png(crop)),
        view_sha256=project.views.put(jpeg(crop)),
        **phashes(crop),
        found_at=NOW,
    )
    session.add(face)
    session.flush()
    return face.id


def _source(session: Session) -> Source:
    known = session.query(Source).filter_by(name="drawn").first()
    return known or Source(name="drawn", terms="CC0-1.0", created_at=NOW)


def annotate(session: Session, face_id: int, said: Mapping[int, Expression | Flag | None]) -> None:
    """Store what each annotator, by id, says of a face; None takes back."""
    for annotator_id, verdict in said.items():
        number = session.query(Annotation).count()
        session.add(
            Annotation(
                uuid=f"test-{number}",
                face_id=face_id,
                annotator_id=annotator_id,
                label=verdict if isinstance(verdict, Expression) else None,
                flag=verdict if isinstance(verdict, Flag) else None,
                stored_at=NOW,
            )
        )
        session.flush()


def standing(session: Session, face_id: int, verdict: str | None = None) -> list[int]:
    """List the annotations of a face that count; only those that say a verdict, if given."""
    query = select(STANDING.c.id).where(STANDING.c.face_id == face_id).order_by(STANDING.c.id)
    found = query if verdict is None else query.where(STANDING.c.verdict == verdict)
    return list(session.scalars(found))


def make_empty_project(folder: Path) -> Project:
    """Make a project as `make_project` does, without its migrations, which take 0.2 s each time."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DATABASE_NAME).write_bytes(_empty_database())
    return open_project(folder)


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        project = make_project(Path(folder))
        project.engine.dispose()
        return project.database.read_bytes()


def make_labelled_project(
    folder: Path, labels: Sequence[Expression], *, subjects: int = 0
) -> Project:
    """Make a project with one face per label given, each annotated so by two annotators.

    Args:
        subjects: Deal the faces to so many subjects in turn; 0 for no subjects.
    """
    return copy_of(_labelled_template(tuple(labels), subjects), folder)


@cache
def _labelled_template(labels: tuple[Expression, ...], subjects: int) -> Path:
    project = make_empty_project(new_scratch())
    with project.writing() as session:
        first, second = make_annotator(session, "ann"), make_annotator(session, "bob")
        for seed, label in enumerate(labels, start=1):
            subject = f"person {seed % subjects}" if subjects else None
            face_id = make_face(project, session, seed=seed, subject=subject)
            annotate(session, face_id, {first: label, second: label})
        session.commit()
    project.engine.dispose()
    return project.folder


def copy_of(template: Path, folder: Path) -> Project:
    """Open a copy of a project, which is quicker to come by than one made anew."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return open_project(folder)


def new_scratch() -> Path:
    """Make a folder that lasts as long as this process."""
    return Path(mkdtemp(dir=_scratch().name))


@cache
def _scratch() -> TemporaryDirectory[str]:
    return TemporaryDirectory()


def annotation_rows(*rows: tuple[int, int, str]) -> pd.DataFrame:
    """Lay out annotations as `settle` takes them: face, annotator, verdict."""
    table = pd.DataFrame(rows, columns=["face_id", "annotator_id", "verdict"])
    return table.astype({"face_id": "int64", "annotator_id": "int64", "verdict": "str"})
