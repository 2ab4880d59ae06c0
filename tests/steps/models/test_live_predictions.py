from pathlib import Path

import numpy as np
import pytest

from curator.core.faces.face_tracking import Smoothing
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name, made_detector
from curator.steps.images.image_codec import decoded, jpeg
from curator.steps.models.live_predictions import LivePredictions, start_live_predictions
from curator.steps.models.predict_faces import load_predictor
from db.labels import Expression
from tests.makers import make_empty_project
from tests.steps.models.standard import make_standard

PHOTO = Path(__file__).parents[3] / "sample_data" / "photos" / "portrait_0001.jpg"
LABELS = list(Expression)


def tinted(channel: int, aside_px: int = 0) -> bytes:
    """Draw a frame of 640 x 480 px with a head under a coloured light."""
    frame = np.full((480, 640, 3), 120, np.uint8)
    frame[112:368, 192 + aside_px : 448 + aside_px] = decoded(PHOTO.read_bytes())
    dim = np.array([0.1, 0.1, 0.1])
    dim[channel] = 1
    return jpeg((frame * dim).astype(np.uint8))


def test_a_face_is_followed_and_what_is_said_of_it_changes_slowly(tmp_path: Path) -> None:
    make_standard(tmp_path)
    detector = made_detector(default_detector_name())
    faces = LivePredictions(load_predictor(tmp_path), detector, Smoothing(0.5))

    first = faces.see(tinted(0), 10.0)
    second = faces.see(tinted(1, aside_px=20), 10.1)

    (angry,), (still_angry,) = first.tracks, second.tracks
    assert first.size_wh == (640, 480)
    assert angry.number == still_angry.number == 1
    assert 10 < still_angry.box_xyxy[0] - angry.box_xyxy[0] < 30
    assert LABELS[int(angry.probabilities.argmax())] is Expression.ANGRY
    happy = still_angry.probabilities[LABELS.index(Expression.HAPPY)]
    assert happy == pytest.approx(1 - np.exp(-0.2), abs=0.02)
    assert set(first.milliseconds) == {"decode", "detect", "predict"}


def test_an_empty_frame_has_no_faces_and_one_that_is_no_image_is_said_to_be_none(
    tmp_path: Path,
) -> None:
    project = make_empty_project(tmp_path / "project")
    make_standard(project.standard_model)
    faces = start_live_predictions(project)
    assert faces.see(jpeg(np.full((480, 640, 3), 120, np.uint8)), 0.0).tracks == ()
    with pytest.raises(CuratorError, match="The frame is no image"):
        faces.see(b"no jpeg", 0.1)
    assert not project.uploads.exists(), "nothing of a camera is kept"


def test_without_a_standard_model_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match="holds no standard model"):
        start_live_predictions(make_empty_project(tmp_path / "project"))
