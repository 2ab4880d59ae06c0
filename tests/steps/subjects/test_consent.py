import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.errors import CuratorError
from curator.steps.project.audit_trail import audit_trail
from curator.steps.subjects.consent import (
    JOB,
    Forgotten,
    allow_subjects,
    check_allowed,
    forget_faces,
    forget_subjects,
)
from db.jobs.queue import add_job
from db.project.biometrics import Biometrics, Embedding
from db.project.project_folder import Project
from db.tables.duplicates import FoundSubject
from db.tables.jobs import Job, JobState
from tests.makers import NOW, make_annotator, make_face


@pytest.fixture
def faces(project: Project, session: Session) -> list[int]:
    """Three measured faces, two of which show one found subject."""
    made = [make_face(project, session, seed=seed) for seed in (1, 2, 3)]
    for face_id in made[:2]:
        session.add(FoundSubject(face_id=face_id, subject="p00001"))
    session.commit()
    values = np.zeros(4, np.float32)
    Biometrics(project.folder).keep(Embedding(face_id, "c", "m", values) for face_id in made)
    return made


def found(session: Session) -> list[int]:
    return list(session.scalars(select(FoundSubject.face_id).order_by(FoundSubject.face_id)))


def test_measuring_faces_is_off_until_somebody_allows_it(session: Session) -> None:
    with pytest.raises(CuratorError, match=r"switched off .* curator settings set finds_subjects"):
        check_allowed(session)
    ann = make_annotator(session, "ann")
    allow_subjects(session, ann, NOW)
    check_allowed(session)
    (line,) = audit_trail(session)
    assert (line.by, line.details) == ("ann", {"finds_subjects": [False, True]})


def test_all_is_forgotten_and_switched_off_and_the_trail_says_so(
    project: Project, session: Session, faces: list[int]
) -> None:
    allow_subjects(session, None, NOW)
    forgotten = forget_subjects(project, session, None, NOW)
    session.commit()
    assert forgotten == Forgotten(embeddings=len(faces), faces=2)
    assert found(session) == []
    assert not Biometrics(project.folder).file.exists()
    with pytest.raises(CuratorError, match="switched off"):
        check_allowed(session)
    (line,) = [line for line in audit_trail(session) if line.what == "biometric data deleted"]
    assert line.details == {"embeddings": 3, "faces with a found subject": 2}


def test_forgetting_where_nothing_was_measured_is_no_error(
    project: Project, session: Session
) -> None:
    assert forget_subjects(project, session, None, NOW) == Forgotten(0, 0)


def test_a_search_that_waits_or_is_at_work_is_stopped_by_forgetting(
    project: Project, session: Session
) -> None:
    waits, works, other = (
        add_job(session, kind, {}, by=None, now=NOW) for kind in (JOB, JOB, "duplicates")
    )
    session.get_one(Job, works).state = JobState.RUNNING
    forget_subjects(project, session, None, NOW)
    assert session.get_one(Job, waits).state is JobState.CANCELLED
    assert session.get_one(Job, works).is_cancel_requested
    assert session.get_one(Job, other).state is JobState.QUEUED


def test_faces_are_forgotten_alone(project: Project, session: Session, faces: list[int]) -> None:
    forget_faces(project, session, [faces[0], 99])
    assert found(session) == [faces[1]]
    assert Biometrics(project.folder).embeddings()[0] == faces[1:]
