from pathlib import Path

import numpy as np
import pytest

from curator.core.faces.face import FoundFace
from curator.errors import CuratorError
from curator.steps.models.predict_faces import load_predictor, predict_faces, whose_answers
from db.labels import Expression
from db.model_folder.model_card import MODEL_FILES, NetExport
from tests.steps.models.standard import make_standard

LEFT, RIGHT = FoundFace((10, 10, 60, 60), None, 1), FoundFace((110, 10, 160, 60), None, 1)


def red_and_blue() -> np.ndarray:
    image = np.zeros((80, 200, 3), np.uint8)
    image[:, :100, 0] = image[:, 100:, 2] = 255
    return image


def test_each_face_is_said_to_be_what_its_own_crop_shows(tmp_path: Path) -> None:
    make_standard(tmp_path)

    said = predict_faces(load_predictor(tmp_path), red_and_blue(), [RIGHT, LEFT])

    assert [face.label for face in said] == [Expression.SAD, Expression.ANGRY]
    assert [face.box_xyxy for face in said] == [RIGHT.box_xyxy, LEFT.box_xyxy]
    assert all(face.share > 0.99 for face in said)


def test_an_image_without_faces_gets_no_answers(tmp_path: Path) -> None:
    make_standard(tmp_path)
    assert predict_faces(load_predictor(tmp_path), red_and_blue(), []) == []


def test_a_new_model_is_taken_at_once(tmp_path: Path) -> None:
    make_standard(tmp_path)
    assert load_predictor(tmp_path) is load_predictor(tmp_path)
    make_standard(tmp_path, classifier="svm")
    assert load_predictor(tmp_path).card.classifier == "svm"


@pytest.mark.parametrize(("classifier", "words"), [("softmax", ""), ("svm", "net's own softmax")])
def test_it_is_said_whose_answers_are_shown(classifier: str, words: str, tmp_path: Path) -> None:
    said = whose_answers(make_standard(tmp_path, classifier=classifier))
    assert words in said
    assert bool(said) == (classifier != "softmax")


def test_without_a_model_or_its_onnx_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match=r"holds no standard model. Run a benchmark"):
        load_predictor(tmp_path)
    make_standard(tmp_path, exports=())
    with pytest.raises(CuratorError, match=r"promoted before nets were written so. Make a model"):
        load_predictor(tmp_path)
    make_standard(tmp_path, exports=(NetExport("onnx", "A layer is unknown."),))
    with pytest.raises(CuratorError, match=r"is what runs here. A layer is unknown."):
        load_predictor(tmp_path)
    make_standard(tmp_path)
    (tmp_path / MODEL_FILES["onnx"]).write_bytes(b"no net")
    with pytest.raises(CuratorError, match=r"cannot be run here"):
        load_predictor(tmp_path)
