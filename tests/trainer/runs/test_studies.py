import pandas as pd
import pytest

from db.run_folder.results import StudyKind
from tests.trainer.data.test_splits import TWO_A_UNIT
from tests.trainer.makers import make_preset
from trainer.runs.studies import Origin, Planned, Studies, planned_studies, studies_from_json

TWO_SOURCES = TWO_A_UNIT.assign(source=["CK+", "web"] * 40)


def plan(studies: Studies, rows: pd.DataFrame = TWO_SOURCES) -> list[Planned]:
    return planned_studies(studies, Origin(rows, make_preset(), seed=4))


def test_nothing_is_planned_unless_it_is_asked_for() -> None:
    assert plan(Studies()) == []


def test_the_leaky_study_says_how_many_test_faces_have_been_seen_beside() -> None:
    (leaky,) = plan(Studies(leaky=True))

    assert leaky.study.kind is StudyKind.LEAKY
    assert "of 40 test faces have a face of their unit" in leaky.study.about
    assert not leaky.study.about.startswith("Each face dealt alone: 0 ")


def test_more_seeds_follow_that_of_the_run() -> None:
    assert [planned.seed for planned in plan(Studies(seeds=2))] == [5, 6]


def test_labels_are_compared_with_what_the_run_was_taught_by() -> None:
    planned = plan(Studies(labels=True))

    assert [(one.study.name, one.preset.labels) for one in planned] == [
        ("labels-soft", "soft"),
        ("labels-weighted", "weighted"),
    ]


def test_each_source_is_left_out_and_tried_alone_where_there_are_two() -> None:
    names = [planned.study.name for planned in plan(Studies(sources=True))]

    assert names == ["without-source-1", "without-source-2", "only-source-1", "only-source-2"]
    assert plan(Studies(sources=True), TWO_A_UNIT) == []


def test_folds_are_numbered_and_split_differently() -> None:
    planned = plan(Studies(folds=2))

    assert [one.study.value for one in planned] == ["1 of 2", "2 of 2"]
    assert planned[0].rows["split"].tolist() != planned[1].rows["split"].tolist()


def test_studies_are_read_from_a_jobs_arguments() -> None:
    assert studies_from_json({"leaky": True, "seeds": 2}) == Studies(leaky=True, seeds=2)
    with pytest.raises(ValueError, match=r"Studies are leaky, seeds.*Received: 'magic'"):
        studies_from_json({"magic": True})
    with pytest.raises(ValueError, match="`folds` must be 0 or 2 to 20"):
        studies_from_json({"folds": 1})
    with pytest.raises(ValueError, match="`seeds` must be 0 or more"):
        Studies(seeds=-1)
