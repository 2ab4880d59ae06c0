from pathlib import Path

import pytest

from curator.steps.adjudicate import adjudicate, unsettled_faces
from curator.steps.settle_labels import consensus
from db.labels import Expression
from db.project import make_project
from tests.makers import NOW, annotate, make_annotator, make_face


def test_disputed_faces_wait_until_a_final_word_and_wait_again_when_it_is_taken_back(
    tmp_path: Path,
) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        agreed, disputed, single = (make_face(project, session, seed=n) for n in (1, 2, 3))
        annotate(session, agreed, {ann: Expression.SAD, bob: Expression.SAD})
        annotate(session, disputed, {ann: Expression.SAD, bob: Expression.FEAR})
        annotate(session, single, {ann: Expression.SAD})
        assert unsettled_faces(session)["face_id"].tolist() == [disputed]
        adjudicate(session, disputed, "fear", by=bob, now=NOW)
        assert unsettled_faces(session).empty
        assert consensus(session)["verdict"].get(disputed) == "fear"
        adjudicate(session, disputed, None, by=bob, now=NOW)
        assert unsettled_faces(session)["face_id"].tolist() == [disputed]


def test_a_word_that_is_no_verdict_is_refused(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session, pytest.raises(ValueError, match="Received: 'contempt'"):
        adjudicate(session, 1, "contempt", by=1, now=NOW)
