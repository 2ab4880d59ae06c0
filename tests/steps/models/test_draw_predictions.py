import numpy as np

from curator.steps.models.draw_predictions import AMBER, with_predictions
from curator.steps.models.predict_faces import PredictedFace

AMBER_RGB = [int(AMBER[place : place + 2], 16) for place in (1, 3, 5)]


def faces(*boxes: tuple[float, float, float, float]) -> list[PredictedFace]:
    return [PredictedFace(box, np.eye(7)[3]) for box in boxes]


def test_the_photo_stays_as_it_is_outside_the_boxes_and_the_table_is_below() -> None:
    photo = np.full((300, 800, 3), 40, np.uint8)

    drawn = with_predictions(photo, faces((100, 100, 200, 220), (500, 80, 640, 230)))

    assert drawn.shape == (300 + 3 * (800 // 24), 800, 3)
    assert drawn[150, 100].tolist() == AMBER_RGB
    assert drawn[150, 150].tolist() == [40, 40, 40]
    assert drawn[290, 400].tolist() == [40, 40, 40]
    assert (photo == 40).all()


def test_a_label_at_the_upper_edge_is_inside_the_photo() -> None:
    drawn = with_predictions(np.full((300, 800, 3), 40, np.uint8), faces((100, 0, 200, 120)))
    assert (drawn[2:12, 104:150] == AMBER_RGB).all(axis=2).mean() > 0.3


def test_a_narrow_photo_gets_room_for_its_table_and_no_face_gives_only_its_head() -> None:
    assert with_predictions(np.zeros((100, 80, 3), np.uint8), []).shape == (125, 600, 3)
