from pathlib import Path

import numpy as np

from curator.steps.find_duplicates import find_duplicates
from curator.steps.list_duplicates import duplicate_groups
from db.labels import Expression
from db.progress import committing, finished
from db.project import Project, make_project
from tests.makers import annotate, make_annotator, make_face, make_pixels


def search(project: Project) -> object:
    with project.writing() as session:
        return finished(committing(session, find_duplicates(project, session)))


def test_a_brighter_and_a_mirrored_copy_join_their_original_and_a_stranger_does_not(
    tmp_path: Path,
) -> None:
    project = make_project(tmp_path)
    face = make_pixels(1) // 2 + 30
    with project.writing() as session:
        original = make_face(project, session, seed=1, pixels=face)
        brighter = make_face(project, session, seed=2, pixels=face + 20)
        mirrored = make_face(project, session, seed=3, pixels=np.ascontiguousarray(face[:, ::-1]))
        same = make_face(project, session, seed=4, pixels=face)
        make_face(project, session, seed=9)
        session.commit()
    search(project)
    with project.reading() as session:
        (group,) = duplicate_groups(session)
    reasons = {face.face_id: face.reason for face in group.faces}
    assert reasons[original] == "kept"
    assert reasons[same] == "same pixels"
    assert reasons[brighter].endswith("bits apart")
    assert reasons[mirrored].endswith("mirrored")
    assert len(reasons) == 4


def test_the_settled_face_is_kept_before_the_earlier_one(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        make_face(project, session, seed=1, pixels=make_pixels(7))
        settled = make_face(project, session, seed=2, pixels=make_pixels(7))
        annotate(session, settled, {ann: Expression.SAD, bob: Expression.SAD})
        session.commit()
    search(project)
    with project.reading() as session:
        assert [group.keeper_id for group in duplicate_groups(session)] == [settled]


def test_a_group_with_two_labels_is_a_conflict_and_comes_first(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        for seed in (1, 2):
            make_face(project, session, seed=seed, pixels=make_pixels(7))
        for seed, label in ((3, Expression.SAD), (4, Expression.FEAR)):
            face = make_face(project, session, seed=seed, pixels=make_pixels(8))
            annotate(session, face, {ann: label, bob: label})
        session.commit()
    search(project)
    with project.reading() as session:
        assert [group.is_conflict for group in duplicate_groups(session)] == [True, False]


def test_a_second_search_finds_the_same_groups(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        for seed in (1, 2):
            make_face(project, session, seed=seed, pixels=make_pixels(7))
        session.commit()
    assert search(project) == search(project)


def test_a_project_without_faces_has_no_duplicates(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    search(project)
    with project.reading() as session:
        assert duplicate_groups(session) == []
