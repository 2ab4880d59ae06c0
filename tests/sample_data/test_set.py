"""A set made by the script: the same every time, and true to its tables."""

import doctest
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from db.labels import Expression
from sample_data import annotators, plan
from sample_data.plan import Kind, Plan
from sample_data.write import make_image, write_set

SMALL = Plan(images=42, subjects=8, seed=3)


@pytest.fixture(scope="module")
def small_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("set")
    write_set(SMALL, folder, 1)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.mark.slow
def test_the_same_plan_gives_the_same_bytes_with_one_worker_and_with_two(
    small_set: Path, tmp_path: Path
) -> None:
    write_set(SMALL, tmp_path, 2)
    alone, together = contents(small_set), contents(tmp_path)
    assert len(alone) == SMALL.images + 2
    assert alone == together


def test_an_image_does_not_depend_on_those_made_before_it() -> None:
    index = SMALL.count(Kind.PORTRAIT) + 1
    assert make_image(SMALL, index) == make_image(SMALL, index)


def test_another_seed_gives_another_image() -> None:
    other = Plan(images=42, subjects=8, seed=4)
    assert make_image(SMALL, 0).content != make_image(other, 0).content


def test_every_box_and_eye_lies_inside_its_image(small_set: Path) -> None:
    truth = pd.read_csv(small_set / "truth.csv")
    for image, faces in truth.groupby("image"):
        with Image.open(small_set / "photos" / str(image)) as picture:
            width, height = picture.size
        assert (faces[["x_min", "y_min"]] >= 0).all(axis=None)
        assert (faces["x_max"] <= width).all()
        assert (faces["y_max"] <= height).all()
        for eye in ("left_eye", "right_eye"):
            assert faces[f"{eye}_x"].between(faces["x_min"], faces["x_max"]).all()
            assert faces[f"{eye}_y"].between(faces["y_min"], faces["y_max"]).all()
        assert (faces["left_eye_x"] > faces["right_eye_x"]).all()


def test_every_subject_shows_every_label_before_one_comes_again() -> None:
    shown = [Plan().portrait_content(number) for number in range(280)]
    assert len(set(shown)) == 40 * len(Expression)


def test_the_order_of_the_files_does_not_tell_the_label() -> None:
    labels = [Plan().portrait_content(number)[1] for number in range(280)]
    repeats = sum(label == labels[place - 7] for place, label in enumerate(labels) if place >= 7)
    assert repeats < 80


@pytest.mark.parametrize(
    ("images", "subjects", "message"),
    [
        (0, 40, "`images` must be at least 1. Received: 0"),
        (420, 7, "`subjects` must be at least 8. Received: 7"),
    ],
)
def test_a_plan_that_cannot_be_drawn_is_refused(images: int, subjects: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Plan(images=images, subjects=subjects)


def test_the_examples_in_the_docstrings_hold() -> None:
    for module in (plan, annotators):
        assert doctest.testmod(module).failed == 0
