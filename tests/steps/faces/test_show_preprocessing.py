import numpy as np
import pytest

from curator.core.faces.preprocessing import paper_preprocessing, rescaled
from curator.steps.faces.show_preprocessing import (
    PreprocessingStep,
    faces_beside,
    newest_face,
    show_preprocessing,
)
from curator.steps.images.image_codec import decoded
from db.project.project_folder import Project
from tests.makers import make_face, make_pixels


def steps_of(project: Project, pixels: np.ndarray) -> list[PreprocessingStep]:
    with project.writing() as session:
        face_id = make_face(project, session, seed=1, pixels=pixels)
        session.commit()
    steps = show_preprocessing(project, face_id)
    assert steps is not None
    return steps


def test_the_steps_stand_in_the_papers_order(project: Project) -> None:
    assert [step.title for step in steps_of(project, make_pixels(1))] == [
        "As cut",
        "Grey",
        "Noise removed",
        "Resized",
        "Standardised",
        "Rescaled",
    ]


@pytest.mark.parametrize("size_px", [60, 75, 120])
def test_the_last_step_is_what_the_steps_before_it_come_to_and_what_is_frozen(
    project: Project, size_px: int
) -> None:
    crop = make_pixels(1, size_px)
    *_, standardised, frozen = steps_of(project, crop)
    assert (frozen.values == np.rint(rescaled(standardised.values))).all()
    assert (frozen.values == paper_preprocessing(crop)).all()
    assert (decoded(frozen.picture)[..., 0] == frozen.values).all()


def test_a_step_tells_of_its_values(project: Project) -> None:
    pixels = np.zeros((75, 75, 3), np.uint8)
    pixels[:, 50:] = 180  # a third of the crop
    steps = {step.title: step for step in steps_of(project, pixels)}
    assert steps["Grey"].facts == pytest.approx(
        {"min": 0, "max": 180, "mean": 60, "sd": 180 * 2**0.5 / 3}
    )
    assert steps["Grey"].histogram == (3750, *[0] * 30, 1875)
    assert steps["Standardised"].facts == pytest.approx(
        {"min": -(0.5**0.5), "max": 2**0.5, "mean": 0, "sd": 1}, abs=1e-9
    )
    assert steps["Rescaled"].facts["max"] == 255


def test_a_standardised_face_is_drawn_stretched(project: Project) -> None:
    standardised = steps_of(project, make_pixels(1))[4]
    drawn = decoded(standardised.picture)
    assert (drawn.min(), drawn.max()) == (0, 255)


def test_a_crop_of_one_colour_has_every_step(project: Project) -> None:
    steps = steps_of(project, np.full((75, 75, 3), 90, np.uint8))
    assert [step.facts["mean"] for step in steps] == [90, 90, 90, 90, 0, 0]


def test_there_may_be_no_such_face(project: Project) -> None:
    assert show_preprocessing(project, 7) is None


def test_a_face_has_neighbours_where_others_are_stored(project: Project) -> None:
    with project.writing() as session:
        assert newest_face(session) is None
        for seed in (1, 2, 3):
            make_face(project, session, seed=seed)
        assert newest_face(session) == 3
        assert faces_beside(session, 1) == (None, 2)
        assert faces_beside(session, 3) == (2, None)
        assert faces_beside(session, 99) == (3, None)
