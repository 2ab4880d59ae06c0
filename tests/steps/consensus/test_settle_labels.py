from pathlib import Path

from sqlalchemy import select

from curator.core.consensus.consensus import ConsensusRule
from curator.steps.consensus.settle_labels import (
    consensus,
    final_words,
    latest_annotations,
    project_rule,
)
from curator.steps.project.settings import change_settings
from curator.steps.review.adjudicate import adjudicate
from db.labels import ConsensusMethod, Expression, Flag
from db.tables.annotations import Annotation, SentBack
from tests.makers import NOW, annotate, make_annotator, make_empty_project, make_face


def test_an_annotator_s_newest_row_counts_and_one_taken_back_is_gone(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        face = make_face(project, session, seed=1)
        annotate(session, face, {ann: Expression.SAD})
        annotate(session, face, {ann: Expression.FEAR, bob: Flag.BAD_CROP})
        annotate(session, face, {bob: None})
        rows = latest_annotations(session)
    assert rows.to_dict("records") == [
        {"face_id": face, "annotator_id": ann, "verdict": "fear", "is_blind": True}
    ]


def test_an_annotation_sent_back_does_not_count(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        face = make_face(project, session, seed=1)
        annotate(session, face, {ann: Expression.SAD, bob: Expression.FEAR})
        wrong = session.scalars(select(Annotation.id).where(Annotation.annotator_id == bob)).one()
        session.add(SentBack(annotation_id=wrong, by_id=ann, stored_at=NOW))
        session.flush()
        assert latest_annotations(session)["annotator_id"].tolist() == [ann]


def test_what_was_said_with_a_suggestion_on_the_screen_is_not_blind(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        face = make_face(project, session, seed=1)
        annotate(session, face, {bob: Expression.SAD})
        session.add(
            Annotation(
                uuid="verified",
                face_id=face,
                annotator_id=ann,
                label=Expression.SAD,
                stored_at=NOW,
                suggested=Expression.SAD,
                suggested_by="consensus",
            )
        )
        session.flush()
        rows = latest_annotations(session)
    # In the order in which they were given, not by annotator.
    assert rows[["annotator_id", "is_blind"]].to_numpy().tolist() == [[bob, True], [ann, False]]


def test_the_project_s_rule_settles_until_another_is_chosen(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        ann = make_annotator(session, "ann")
        face = make_face(project, session, seed=1)
        annotate(session, face, {ann: Expression.SAD})
        assert consensus(session)["verdict"].isna().all()
        wanted = {"min_votes": 1, "consensus": "weighted"}
        change_settings(session, wanted, by=None, now=NOW)
        session.commit()
        assert consensus(session)["verdict"].to_dict() == {face: "sad"}
    with project.reading() as session:
        chosen = ConsensusRule(min_votes=1, method=ConsensusMethod.WEIGHTED)
        assert project_rule(session) == chosen


def test_final_words_are_the_newest_of_each_face_and_may_be_taken_back(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    with project.writing() as session:
        ann = make_annotator(session, "ann")
        first, second = (make_face(project, session, seed=seed) for seed in (1, 2))
        for face, verdict in ((first, "sad"), (second, "fear"), (first, "bad crop")):
            adjudicate(session, face, verdict, by=ann, now=NOW)
        assert final_words(session)["verdict"].tolist() == ["bad crop", "fear"]
        adjudicate(session, second, None, by=ann, now=NOW)
        assert final_words(session)["face_id"].tolist() == [first]


def test_a_project_without_annotations_has_an_empty_consensus(tmp_path: Path) -> None:
    with make_empty_project(tmp_path).reading() as session:
        assert consensus(session).empty
