import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from curator.steps.subjects import list_subjects as module
from curator.steps.subjects.list_subjects import (
    ShownFace,
    SubjectCounts,
    count_subjects,
    list_subjects,
    stated_subjects,
)
from db.project.project_folder import Project
from db.tables.duplicates import FoundSubject
from db.tables.images import Source
from tests.makers import NOW, make_face


def find(session: Session, subject: str, *face_ids: int) -> None:
    session.add_all(FoundSubject(face_id=face_id, subject=subject) for face_id in face_ids)
    session.flush()


def test_sources_are_counted_with_what_they_tell(project: Project, session: Session) -> None:
    make_face(project, session, seed=1, subject="ann")
    make_face(project, session, seed=2, subject="ann")
    make_face(project, session, seed=3)
    session.add(Source(name="empty", terms="", created_at=NOW))
    session.flush()
    told = stated_subjects(session).drop(columns="source_id")
    assert told.to_dict("records") == [
        {"source": "drawn", "faces": 3, "told": 2, "subjects": 1},
        {"source": "empty", "faces": 0, "told": 0, "subjects": 0},
    ]


def test_the_subject_with_most_faces_comes_first_with_what_is_told(
    project: Project, session: Session
) -> None:
    told = ["ann", "ann", None, "eva", "eva"]
    faces = [
        make_face(project, session, seed=n, subject=name) for n, name in enumerate(told, start=1)
    ]
    find(session, "p00001", *faces[3:])
    find(session, "p00002", *faces[:3])
    first, second = list_subjects(session, 1)
    assert (first.name, first.size, first.told) == ("p00002", 3, {"ann": 2})
    assert (second.name, second.size, second.told) == ("p00001", 2, {"eva": 2})
    assert second.faces == (ShownFace(4, "drawn", "eva"), ShownFace(5, "drawn", "eva"))
    counts = count_subjects(project, session)
    assert counts == SubjectCounts(faces=5, embeddings=0, subjects=2, tied=5, largest=3)


def test_one_face_of_each_told_subject_is_shown_before_a_second_of_any(
    project: Project, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHOWN_FACES", 3)
    told = ["ann", "ann", "ann", "eva", None]
    faces = [
        make_face(project, session, seed=n, subject=name) for n, name in enumerate(told, start=1)
    ]
    find(session, "p00001", *faces)
    (subject,) = list_subjects(session, 1)
    assert subject.size == 5
    assert [face.face_id for face in subject.faces] == [1, 4, 5]


def test_pages_follow_each_other_and_end(
    project: Project, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SUBJECTS_A_PAGE", 2)
    for n in range(1, 4):
        pair = [make_face(project, session, seed=2 * n + k) for k in (0, 1)]
        find(session, f"p{n:05d}", *pair)
    pages = [[subject.name for subject in list_subjects(session, page)] for page in (1, 2, 3)]
    assert pages == [["p00001", "p00002"], ["p00003"], []]


def test_where_nothing_was_found_there_is_nothing_to_list(
    project: Project, session: Session
) -> None:
    assert list_subjects(session, 1) == []
    assert count_subjects(project, session) == SubjectCounts(0, 0, 0, 0, 0)
    assert stated_subjects(session).empty
    assert session.scalar(select(FoundSubject.face_id)) is None
