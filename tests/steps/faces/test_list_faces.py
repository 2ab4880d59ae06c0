from math import inf

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from curator.core.faces.quality_bounds import Bounds, meets
from curator.steps.faces.list_faces import (
    MEASURES,
    FaceCounts,
    LabelState,
    QualityThresholds,
    WantedFaces,
    list_faces,
)
from curator.steps.review.adjudicate import adjudicate
from db.labels import Expression, Flag
from db.project.project_folder import Project
from db.tables.images import Face, Source
from tests.makers import NOW, annotate, make_annotator, make_empty_project, make_face


def make_faces(
    project: Project, session: Session, *qualities: dict[str, float | None]
) -> list[int]:
    """Store a face for each quality, in order."""
    faces = []
    for seed, quality in enumerate(qualities, start=1):
        face_id = make_face(project, session, seed=seed)
        session.get_one(Face, face_id).quality = dict(quality)
        faces.append(face_id)
    session.flush()
    return faces


def ids(session: Session, wanted: WantedFaces, page: int = 1, count: int = 96) -> list[int]:
    return [face.face_id for face in list_faces(session, wanted).page(page, count)]


def count_faces(session: Session, wanted: WantedFaces) -> FaceCounts:
    return list_faces(session, wanted).counts()


def test_without_a_wish_the_newest_come_first_page_by_page(
    project: Project, session: Session
) -> None:
    first, second, third = make_faces(project, session, {}, {}, {})
    assert ids(session, WantedFaces(), 1, 2) == [third, second]
    assert ids(session, WantedFaces(), 2, 2) == [first]
    assert ids(session, WantedFaces(), 3, 2) == []


def test_a_face_is_listed_with_its_image_and_the_measure_that_orders(
    project: Project, session: Session
) -> None:
    make_faces(project, session, {"size_px": 31.5})
    (face,) = list_faces(session, WantedFaces(worst_by="size_px")).page(1)
    assert (face.image_name, face.measure) == ("1.png", 31.5)
    (face,) = list_faces(session, WantedFaces()).page(1)
    assert face.measure is None


def test_floors_part_the_faces_and_a_missing_measure_is_below_none(
    project: Project, session: Session
) -> None:
    small, large, unknown = make_faces(project, session, {"size_px": 39.9}, {"size_px": 40.0}, {})
    bounds = {"size_px": Bounds(low=40)}
    assert ids(session, WantedFaces(bounds=bounds)) == [unknown, large, small]
    assert ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.BELOW)) == [
        small
    ]
    assert ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.MET)) == [
        unknown,
        large,
    ]
    assert count_faces(session, WantedFaces(bounds=bounds)) == FaceCounts(3, 2)


def test_counts_tell_how_many_each_choice_of_floors_shows() -> None:
    counts = FaceCounts(faces=5, met=3)
    assert [counts.of(quality_thresholds) for quality_thresholds in QualityThresholds] == [5, 2, 3]


def test_a_face_beyond_any_one_floor_is_below(project: Project, session: Session) -> None:
    turned, dark, good = make_faces(
        project,
        session,
        {"yaw_degrees": -60.0, "brightness": 100.0},
        {"yaw_degrees": 0.0, "brightness": 10.0},
        {"yaw_degrees": None, "brightness": 100.0},
    )
    bounds = {"yaw_degrees": Bounds(-45, 45), "brightness": Bounds(40, 200)}
    assert ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.BELOW)) == [
        dark,
        turned,
    ]
    assert ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.MET)) == [
        good
    ]


def test_the_worst_lie_furthest_beyond_a_bound_and_those_without_a_measure_come_last(
    project: Project, session: Session
) -> None:
    frontal, left, unknown, right = make_faces(
        project,
        session,
        {"yaw_degrees": 1.0},
        {"yaw_degrees": -70.0},
        {"yaw_degrees": None},
        {"yaw_degrees": 50.0},
    )
    assert ids(session, WantedFaces(worst_by="yaw_degrees")) == [left, right, frontal, unknown]


def test_confidence_is_a_measure_too(project: Project, session: Session) -> None:
    sure, unsure = make_faces(project, session, {}, {})
    session.get_one(Face, unsure).confidence = 0.55
    session.flush()
    bounds = {"confidence": MEASURES["confidence"].bounds}
    assert ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.BELOW)) == [
        unsure
    ]
    assert ids(session, WantedFaces(worst_by="confidence")) == [unsure, sure]


def test_only_the_faces_of_a_source(project: Project, session: Session) -> None:
    here, there = make_faces(project, session, {}, {})
    session.get_one(Face, there).image.source = Source(name="web", terms="", created_at=NOW)
    session.flush()
    assert ids(session, WantedFaces(source="web")) == [there]
    assert ids(session, WantedFaces(source="drawn")) == [here]
    assert count_faces(session, WantedFaces(source="none of it")) == FaceCounts(0, 0)


def test_faces_by_how_far_their_label_has_come(project: Project, session: Session) -> None:
    agreed, disputed, alone, decided, untouched = make_faces(project, session, {}, {}, {}, {}, {})
    ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
    annotate(session, agreed, {ann: Expression.SAD, bob: Expression.SAD})
    annotate(session, disputed, {ann: Expression.SAD, bob: Expression.FEAR})
    annotate(session, alone, {ann: Flag.UNSURE})
    adjudicate(session, decided, "happy", by=ann, now=NOW)
    session.flush()
    assert ids(session, WantedFaces(label=LabelState.SETTLED)) == [decided, agreed]
    assert ids(session, WantedFaces(label=LabelState.UNSETTLED)) == [alone, disputed]
    assert ids(session, WantedFaces(label=LabelState.NONE)) == [untouched]
    assert count_faces(session, WantedFaces(label=LabelState.SETTLED)) == FaceCounts(2, 2)


def test_an_order_by_what_is_no_measure_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`worst_by` must be one of size_px, .* Received: 'age'"):
        WantedFaces(worst_by="age")


VALUES = st.none() | st.floats(-50, 50)
BOUND = st.tuples(st.just(-inf) | st.floats(-60, 0), st.just(inf) | st.floats(0, 60))


@pytest.fixture(scope="module")
def empty_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_empty_project(tmp_path_factory.mktemp("thresholds") / "project")


@given(
    st.lists(st.tuples(VALUES, VALUES), max_size=6),
    st.dictionaries(st.sampled_from(["size_px", "yaw_degrees"]), BOUND),
)
def test_the_database_says_of_floors_what_the_core_says(
    empty_project: Project,
    values: list[tuple[float | None, float | None]],
    stated: dict[str, tuple[float, float]],
) -> None:
    bounds = {key: Bounds(*both) for key, both in stated.items()}
    qualities = [{"size_px": size, "yaw_degrees": yaw} for size, yaw in values]
    with empty_project.writing() as session:
        faces = make_faces(empty_project, session, *qualities)
        met = ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.MET))
        below = ids(session, WantedFaces(bounds=bounds, quality_thresholds=QualityThresholds.BELOW))
        session.rollback()
    good = meets(pd.DataFrame(qualities, index=faces, dtype="float64"), bounds)
    assert sorted(met) == list(good.index[good])
    assert sorted(below) == list(good.index[~good])
