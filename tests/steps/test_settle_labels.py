from pathlib import Path

from curator.core.consensus import ConsensusRule
from curator.steps.settle_labels import choose_rule, consensus, latest_annotations, project_rule
from db.labels import Expression, Flag
from db.project import make_project
from tests.makers import annotate, make_annotator, make_face


def test_an_annotator_s_newest_row_counts_and_one_taken_back_is_gone(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        face = make_face(project, session, seed=1)
        annotate(session, face, {ann: Expression.SAD})
        annotate(session, face, {ann: Expression.FEAR, bob: Flag.BAD_CROP})
        annotate(session, face, {bob: None})
        rows = latest_annotations(session)
    assert rows.to_dict("records") == [{"face_id": face, "annotator_id": ann, "verdict": "fear"}]


def test_the_project_s_rule_settles_until_another_is_chosen(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with project.writing() as session:
        ann = make_annotator(session, "ann")
        face = make_face(project, session, seed=1)
        annotate(session, face, {ann: Expression.SAD})
        assert consensus(session)["verdict"].isna().all()
        choose_rule(session, ConsensusRule(min_votes=1))
        session.commit()
        assert consensus(session)["verdict"].to_dict() == {face: "sad"}
    with project.reading() as session:
        assert project_rule(session) == ConsensusRule(min_votes=1)


def test_a_project_without_annotations_has_an_empty_consensus(tmp_path: Path) -> None:
    with make_project(tmp_path).reading() as session:
        assert consensus(session).empty
