"""Find which faces show the same person by measuring them; off until an owner allows it."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.core.subjects.clustering import SubjectRule, found_subjects, spelled_alike
from curator.steps.process_pool import counted_batches, fan_out
from curator.steps.subjects.consent import check_allowed
from curator.steps.subjects.embed_faces import (
    METHOD,
    EmbeddedFace,
    FaceToEmbed,
    check_installed,
    crashed,
    embed_face,
    faces_to_embed,
)
from db.jobs.progress import Progress, Steps
from db.project.biometrics import Biometrics, Embedding
from db.project.project_folder import Project
from db.tables.duplicates import FoundSubject
from db.tables.images import Face, Image

BATCH_FACES = 32
"""Faces measured between two commits: a few seconds of work."""

_AT_ONCE = 2
_MEASURING = "Measuring faces"


@dataclass(frozen=True)
class SubjectsReport:
    """What a search for subjects did.

    Attributes:
        faces: Faces of the project.
        measured: Those that were measured now, and not by an earlier search.
        dropped: Embeddings deleted, of faces that are gone or were cut anew.
        subjects: Persons found.
        tied: Faces that show them.
        largest: Faces of the person with most.
        issues: Faces that could not be measured.
    """

    faces: int
    measured: int
    dropped: int
    subjects: int
    tied: int
    largest: int
    issues: tuple[Issue, ...] = ()


def find_subjects(
    project: Project,
    session: Session,
    rule: SubjectRule,
    *,
    executor: Executor | None = None,
) -> Steps[SubjectsReport]:
    """Measure the faces that are not measured yet, and group all by person anew.

    Embeddings of faces that are gone, or were cut anew, are deleted first. Stopped anywhere
    and begun again, it goes on with the faces that are left.

    Args:
        project: The project.
        session: A writing session on it; it is used only between the batches of some
            faces, so that the slow work holds no lock. The caller commits at each yield.
        rule: When faces show the same person.
        executor: Where to measure, see `Workers`; in this process when None.

    Raises:
        CuratorError: The project does not allow it, or no longer does while this is at
            work; or the packages are not installed.
    """
    check_installed()
    faces, biometrics = faces_to_embed(project), Biometrics(project.folder)
    check_allowed(session)
    dropped = biometrics.forget(_outdated(biometrics, faces))
    known = biometrics.measured().keys()
    pending = [face for face in faces if face.face_id not in known]
    issues = yield from _measure(session, biometrics, pending, executor)
    yield Progress(len(pending), len(pending), "Comparing faces")
    subjects = _grouped(project, biometrics, rule)
    check_allowed(session)
    _store(session, subjects)
    sizes = Counter(subjects.values())
    return SubjectsReport(
        faces=len(faces),
        measured=len(pending) - len(issues),
        dropped=dropped,
        subjects=len(sizes),
        tied=sizes.total(),
        largest=max(sizes.values(), default=0),
        issues=tuple(issues),
    )


def _outdated(biometrics: Biometrics, faces: list[FaceToEmbed]) -> list[int]:
    wanted = {face.face_id: (face.crop_sha256, METHOD) for face in faces}
    measured = biometrics.measured()
    return [face_id for face_id, as_was in measured.items() if wanted.get(face_id) != as_was]


def _measure(
    session: Session,
    biometrics: Biometrics,
    faces: list[FaceToEmbed],
    executor: Executor | None,
) -> Steps[list[Issue]]:
    """Measure faces and keep their embeddings; return those that could not be measured."""
    issues: list[Issue] = []
    yield Progress(0, len(faces), _MEASURING)
    embedded = fan_out(executor, embed_face, faces, at_once=_AT_ONCE, crashed=crashed)
    for done, batch in counted_batches(embedded, BATCH_FACES):
        if batch:
            check_allowed(session)  # holds the write lock: nobody forgets all before the commit
            biometrics.keep(_embeddings(batch))
            issues += [Issue(face.name, found.refused) for face, found in batch if found.refused]
        yield Progress(done, len(faces), _MEASURING)
    return issues


def _embeddings(batch: list[tuple[FaceToEmbed, EmbeddedFace]]) -> list[Embedding]:
    return [
        Embedding(face.face_id, face.crop_sha256, METHOD, found.values)
        for face, found in batch
        if found.values is not None
    ]


def _grouped(project: Project, biometrics: Biometrics, rule: SubjectRule) -> dict[int, str]:
    """Name the found subject of each face that shows one, by face id."""
    told = _told(project)
    face_ids, embeddings = biometrics.embeddings()
    is_there = np.isin(face_ids, told.index)
    measured = told.loc[np.array(face_ids)[is_there]]
    names = measured["subject"].fillna("").map(spelled_alike)
    stated = pd.factorize(names.where(names != "", None))[0]
    numbers = found_subjects(embeddings[is_there], measured["source"].to_numpy(), stated, rule)
    tied = zip(measured.index.tolist(), numbers.tolist(), strict=True)
    return {face_id: f"p{number + 1:05d}" for face_id, number in tied if number >= 0}


def _told(project: Project) -> pd.DataFrame:
    """Read what sources say of the faces: `source` (int) and `subject` (str or missing)."""
    query = (
        select(Face.id, Image.source_id, Face.subject)
        .join(Image, Face.image_id == Image.id)
        .order_by(Face.id)
    )
    columns = ["face_id", "source", "subject"]
    with project.reading() as session:
        told = pd.DataFrame(session.execute(query).all(), columns=columns)
    return told.astype({"face_id": "int64", "source": "int64"}).set_index("face_id")


def _store(session: Session, subjects: Mapping[int, str]) -> None:
    session.execute(delete(FoundSubject))
    there = set(session.scalars(select(Face.id)))
    rows = [
        {"face_id": face_id, "subject": subject}
        for face_id, subject in subjects.items()
        if face_id in there
    ]
    if rows:
        session.execute(insert(FoundSubject), rows)
