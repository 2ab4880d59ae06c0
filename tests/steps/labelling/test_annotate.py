from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from curator.steps.labelling.annotate import StoredAnnotations, store_annotations
from curator.steps.labelling.annotation_event import AnnotationEvent, Answers, Shown
from curator.steps.labelling.annotator_progress import (
    annotated_count,
    feedback,
    progress,
    standing_annotations,
)
from curator.steps.project.settings import settings
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables import Annotation, GoldFace, Guideline, Posing, Skip
from tests.makers import NOW, annotate, make_annotator, make_empty_project, make_face


def uuid(number: int) -> str:
    return str(UUID(int=number))


def make_press(
    number: int, face_id: int, label: Expression | None = Expression.SAD, flag: Flag | None = None
) -> AnnotationEvent:
    return AnnotationEvent(uuid(number), face_id, label, flag, NOW)


def make_people_and_faces(folder: Path, faces: int) -> Project:
    """Make annotators 1 and 2 and so many faces, numbered from 1."""
    project = make_empty_project(folder)
    with project.writing() as session:
        make_annotator(session, "ann")
        make_annotator(session, "bob")
        for seed in range(1, faces + 1):
            make_face(project, session, seed=seed)
        session.commit()
    return project


def store(project: Project, annotator_id: int, *events: AnnotationEvent) -> StoredAnnotations:
    with project.writing() as session:
        stored = store_annotations(session, annotator_id, events, NOW)
        session.commit()
    return stored


def rows(project: Project) -> list[tuple[int, int, Expression | None]]:
    with project.reading() as session:
        found = session.scalars(select(Annotation).order_by(Annotation.id))
        return [(row.annotator_id, row.face_id, row.label) for row in found]


def test_presses_are_kept_in_their_order(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 2)
    stored = store(project, 1, make_press(9, 2), make_press(8, 1, Expression.FEAR))

    assert stored == StoredAnnotations(kept=[uuid(9), uuid(8)], refused=[])
    assert rows(project) == [(1, 2, Expression.SAD), (1, 1, Expression.FEAR)]


def test_nothing_to_store_is_nothing_stored(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    assert store(project, 1) == StoredAnnotations(kept=[], refused=[])


def test_a_press_sent_twice_is_stored_once_and_kept_both_times(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    first = store(project, 1, make_press(1, 1))
    second = store(project, 1, make_press(1, 1), make_press(1, 1))

    assert first.kept == [uuid(1)]
    assert second.kept == [uuid(1), uuid(1)]
    assert rows(project) == [(1, 1, Expression.SAD)]


def test_a_press_on_a_face_that_is_gone_does_not_hold_up_the_others(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    stored = store(project, 1, make_press(1, 77), make_press(2, 1))

    assert stored.kept == [uuid(2)]
    assert [str(issue) for issue in stored.refused] == [
        f"{uuid(1)}: Face 77 is no longer in the project. Go on labelling."
    ]


def test_a_uuid_of_somebody_else_is_refused_and_their_row_stays(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    store(project, 1, make_press(1, 1))
    stored = store(project, 2, make_press(1, 1, Expression.HAPPY))

    assert stored.kept == []
    assert [issue.item for issue in stored.refused] == [uuid(1)]
    assert rows(project) == [(1, 1, Expression.SAD)]


def test_a_press_is_never_a_label_and_a_flag() -> None:
    with pytest.raises(ValueError, match="A press is one of"):
        make_press(1, 1, Expression.SAD, Flag.UNSURE)


def test_a_press_needs_a_real_uuid_and_a_time_with_a_zone() -> None:
    with pytest.raises(ValueError, match="Expected a UUID"):
        AnnotationEvent("1; DROP TABLE", 1, None, None, NOW)
    with pytest.raises(ValueError, match="aware"):
        AnnotationEvent(uuid(1), 1, None, None, datetime(2026, 1, 1))  # noqa: DTZ001 - the point


def test_answers_and_what_stood_beside_the_face_are_kept(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    with project.writing() as session:
        session.add(Guideline(text="Look closely.", by_id=1, stored_at=NOW))
        session.commit()
    event = AnnotationEvent(
        uuid(1),
        1,
        Expression.SAD,
        None,
        NOW,
        answers=Answers(intensity=4, posing=Posing.POSED, is_occluded=True),
        shown=Shown(guideline_id=1, suggested=Expression.FEAR, suggested_by="consensus"),
    )
    store(project, 1, event)

    with project.reading() as session:
        row = session.scalars(select(Annotation)).one()
        answers = (row.intensity, row.posing, row.is_occluded)
        shown = (row.guideline_id, row.suggested, row.suggested_by)
    assert answers == (4, Posing.POSED, True)
    assert shown == (1, Expression.FEAR, "consensus")


def test_no_label_is_lost_for_a_guideline_that_is_gone(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    event = AnnotationEvent(uuid(1), 1, Expression.SAD, None, NOW, shown=Shown(guideline_id=9))
    assert store(project, 1, event).kept == [uuid(1)]


def test_a_face_put_off_is_noted_once_and_says_nothing(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 1)
    skip = AnnotationEvent(uuid(1), 1, None, None, NOW, is_skip=True)
    assert store(project, 1, skip, skip).kept == [uuid(1), uuid(1)]

    assert rows(project) == []
    with project.reading() as session:
        assert [(row.face_id, row.annotator_id) for row in session.scalars(select(Skip))] == [
            (1, 1)
        ]


@pytest.mark.parametrize("intensity", [0, 6])
def test_an_intensity_is_one_to_five(intensity: int) -> None:
    with pytest.raises(ValueError, match=f"An intensity is 1 to 5. Received: {intensity}"):
        Answers(intensity=intensity)


def test_a_suggestion_has_an_origin() -> None:
    with pytest.raises(ValueError, match="A suggestion has a label and an origin"):
        Shown(suggested=Expression.SAD)
    with pytest.raises(ValueError, match="at most 200"):
        Shown(suggested=Expression.SAD, suggested_by="x" * 201)


def test_what_was_said_is_listed_newest_first_as_it_stands(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 3)
    store(project, 1, make_press(1, 1), make_press(2, 2), make_press(3, 3))
    store(project, 1, make_press(4, 2, None), make_press(5, 1, None, Flag.UNSURE))
    with project.reading() as session:
        said = standing_annotations(session, 1, 10)
        assert [(row.face_id, row.label, row.flag) for row in said] == [
            (1, None, Flag.UNSURE),
            (3, Expression.SAD, None),
        ]
        assert [row.face_id for row in standing_annotations(session, 1, 1)] == [1]
        assert [row.face_id for row in standing_annotations(session, 1, 10, before=said[0].id)] == [
            3
        ]
        assert standing_annotations(session, 2, 10) == []


def test_annotators_hear_of_gold_faces_only_where_the_project_tells(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 2)
    events = [make_press(1, 1), make_press(2, 2), make_press(3, 1, None)]
    with project.writing() as session:
        session.add(GoldFace(face_id=1, label=Expression.FEAR, by_id=2, stored_at=NOW))
        assert feedback(session, events) == []

        chosen = settings(session)
        chosen.gold_feedback = True
        session.add(chosen)
        told = feedback(session, events)
    assert [(one.uuid, one.face_id, one.label) for one in told] == [(uuid(1), 1, Expression.FEAR)]


def test_a_face_counts_once_however_often_it_was_said_anew(tmp_path: Path) -> None:
    project = make_people_and_faces(tmp_path, 3)
    with project.writing() as session:
        annotate(session, 1, {1: Expression.SAD})
        annotate(session, 1, {1: Expression.FEAR})
        annotate(session, 2, {1: Expression.SAD})
        annotate(session, 2, {1: None})
        annotate(session, 3, {2: Flag.BAD_CROP})
        session.commit()
    with project.reading() as session:
        assert annotated_count(session, 1) == 1
        assert annotated_count(session, 2) == 1
        assert annotated_count(session, 1, NOW + timedelta(seconds=1)) == 0
        counted = progress(session, 1, NOW)
    assert (counted.total, counted.annotated, counted.today) == (3, 1, 1)
