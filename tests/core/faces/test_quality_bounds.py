import pandas as pd
import pytest

from curator.core.faces.quality import face_quality
from curator.core.faces.quality_bounds import (
    DEFAULT_BOUNDS,
    QUALITY_MEASURES,
    Bounds,
    QualityMeasure,
    failed,
    meets,
)
from tests.core.makers import draw_face, make_found_face

FACES = pd.DataFrame(
    {
        "size_px": [39, 40, 300, 300],
        "sharpness": [50.0, 50.0, 5.9, 50.0],
        "yaw_degrees": [0.0, -45.0, 0.0, None],
    },
    index=[11, 12, 13, 14],
)


def test_a_face_must_be_within_every_bound_and_the_bounds_themselves_are_good_enough() -> None:
    assert meets(FACES, DEFAULT_BOUNDS).to_dict() == {11: False, 12: True, 13: False, 14: True}


def test_without_bounds_every_face_is_good_enough() -> None:
    assert meets(FACES, {}).all()


def test_what_is_not_measured_fails_no_bound() -> None:
    nothing = pd.DataFrame({"yaw_degrees": [None, None]}, dtype="object")
    assert meets(nothing, DEFAULT_BOUNDS).tolist() == [True, True]
    assert failed({"yaw_degrees": None}, DEFAULT_BOUNDS) == []


def test_no_faces_are_no_answers() -> None:
    assert meets(FACES.head(0), DEFAULT_BOUNDS).tolist() == []


def test_the_measures_that_one_face_fails_are_named() -> None:
    quality = {"size_px": 12.0, "sharpness": 50.0, "yaw_degrees": 60.0, "roll_degrees": None}
    assert failed(quality, DEFAULT_BOUNDS) == ["size_px", "yaw_degrees"]


@pytest.mark.parametrize("measure", QUALITY_MEASURES, ids=lambda measure: measure.key)
def test_every_measure_is_one_of_a_face_in_words_with_a_bound(measure: QualityMeasure) -> None:
    quality = face_quality(draw_face(), make_found_face())
    assert measure.key in quality
    assert measure.title
    assert measure.unit
    assert measure.why.endswith(".")
    assert measure.bounds != Bounds()


def test_every_measure_of_a_face_has_its_words() -> None:
    quality = face_quality(draw_face(), make_found_face())
    assert [measure.key for measure in QUALITY_MEASURES] == list(quality)


def test_a_lower_bound_above_the_upper_one_is_refused() -> None:
    with pytest.raises(ValueError, match=r"`low` must be at most `high`\. Received: 2 and 1"):
        Bounds(2, 1)
