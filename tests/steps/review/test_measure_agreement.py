import json

import pytest
from sqlalchemy.orm import Session

from curator.steps.project.settings import change_settings
from curator.steps.review.measure_agreement import Counting, measure_agreement, report_as_json
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from tests.makers import NOW, annotate, make_annotator, make_face

SAD, FEAR, HAPPY = Expression.SAD, Expression.FEAR, Expression.HAPPY
ALL = Counting(later=True)


def label_faces(
    project: Project, session: Session, *faces: tuple[Expression | Flag, ...]
) -> list[int]:
    """Let ann, bob and cleo, in this order, say these things of new faces; return their ids."""
    people = [make_annotator(session, name) for name in ("ann", "bob", "cleo")]
    for seed, said in enumerate(faces, start=1):
        face = make_face(project, session, seed=seed)
        annotate(session, face, dict(zip(people, said, strict=False)))
    return people


def test_an_empty_project_has_no_agreement(session: Session) -> None:
    report = measure_agreement(session)
    assert (report.standing, report.faces, report.compared) == (0, 0, 0)
    assert report.agreement.share.value is None
    assert report.ceiling.value is None
    assert report.pairs == []
    json.dumps(report_as_json(report), allow_nan=False)


def test_faces_that_one_has_labelled_are_counted_and_not_compared(
    project: Project, session: Session
) -> None:
    label_faces(project, session, (SAD,), (FEAR,))
    report = measure_agreement(session)
    assert (report.counted, report.faces, report.compared) == (2, 2, 0)
    assert report.annotators == {1: "ann"}


def test_those_asked_for_because_the_first_disagree_count_only_where_wanted(
    project: Project, session: Session
) -> None:
    label_faces(project, session, (SAD, SAD), (FEAR, SAD, FEAR), (HAPPY, HAPPY), (SAD, FEAR, FEAR))
    first, all_of_them = measure_agreement(session), measure_agreement(session, ALL)
    assert (first.first, first.counted, first.agreement.share.value) == (2, 8, 2 / 4)
    # The one pair of the first and the third face, one of three of the second and the last.
    assert (all_of_them.first, all_of_them.counted) == (None, 10)
    assert all_of_them.agreement.share.value == pytest.approx(4 / 8)
    assert all_of_them.agreement.krippendorff.annotations == 10
    assert first.ceiling == all_of_them.ceiling


def test_where_every_face_gets_as_many_all_count(project: Project, session: Session) -> None:
    label_faces(project, session, (SAD, SAD, FEAR))
    change_settings(session, {"first_votes": 3, "most_votes": 3}, by=None, now=NOW)
    report = measure_agreement(session)
    assert (report.first, report.counted) == (None, 3)
    assert report.agreement.share.value == pytest.approx(1 / 3)


def test_what_was_said_of_a_suggestion_counts_only_where_wanted(
    project: Project, session: Session
) -> None:
    ann, bob, _ = label_faces(project, session, (SAD,))
    session.add(
        Annotation(
            uuid="verified",
            face_id=1,
            annotator_id=bob,
            label=SAD,
            stored_at=NOW,
            suggested=SAD,
            suggested_by="consensus",
        )
    )
    session.flush()
    blind, shown = measure_agreement(session), measure_agreement(session, Counting(shown=True))
    assert (blind.standing, blind.counted, blind.compared) == (2, 1, 0)
    assert (shown.counted, shown.compared) == (2, 1)
    assert set(blind.annotators) == {ann}


def test_flags_count_only_where_wanted(project: Project, session: Session) -> None:
    label_faces(project, session, (SAD, Flag.UNSURE), (Flag.BAD_CROP, Flag.BAD_CROP), (SAD, SAD))
    labels, flags = measure_agreement(session), measure_agreement(session, Counting(flags=True))
    assert (labels.counted, labels.agreement.share.value) == (3, 1)
    assert flags.counted == 6
    assert flags.agreement.share.value == pytest.approx(2 / 3)
    assert "bad crop" in flags.agreement.labels
    assert list(labels.confusions.columns) == [str(label) for label in Expression]


def test_pairs_and_confusions_are_said_by_name_in_json(project: Project, session: Session) -> None:
    label_faces(project, session, (SAD, SAD), (FEAR, FEAR), (SAD, FEAR), (HAPPY, HAPPY))
    said = json.loads(json.dumps(report_as_json(measure_agreement(session)), allow_nan=False))
    assert [(pair["first"], pair["second"]) for pair in said["pairs"]] == [("ann", "bob")]
    assert said["pairs"][0]["share"]["value"] == 3 / 4
    assert said["pairs"][0]["kappa"]["faces"] == 4
    assert said["confusions"]["sad"]["fear"] == 1
    assert said["annotators"] == ["ann", "bob"]


def test_the_same_annotations_give_the_same_report(project: Project, session: Session) -> None:
    label_faces(project, session, *[(SAD, SAD), (FEAR, SAD)] * 8)
    one, other = measure_agreement(session), measure_agreement(session)
    assert report_as_json(one) == report_as_json(other)
    assert one.agreement.share.interval is not None
