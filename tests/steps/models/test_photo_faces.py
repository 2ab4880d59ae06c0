from pathlib import Path

import numpy as np
import pytest

from curator.core.snapshots.recipe import Preprocessing
from curator.errors import CuratorError
from curator.steps.images.image_codec import decoded
from curator.steps.models.photo_faces import photo_faces
from tests.makers import make_empty_project

PHOTOS = Path(__file__).parents[3] / "sample_data" / "photos"


@pytest.mark.parametrize(("preprocessing", "is_grey"), [("paper", True), ("none", False)])
def test_each_face_of_a_photo_is_cut_out_as_the_model_s_set_was(
    preprocessing: Preprocessing, *, is_grey: bool, tmp_path: Path
) -> None:
    project = make_empty_project(tmp_path)
    photo = photo_faces(project, (PHOTOS / "scene_0003.jpg").read_bytes(), preprocessing)
    crops = sorted((project.folder / photo.folder).iterdir())
    assert [path.name for path in crops] == ["0.png", "1.png", "2.png", "3.png"]
    assert len(photo.boxes) == 4
    pixels = decoded(crops[0].read_bytes())
    assert pixels.shape == (75, 75, 3)
    assert np.array_equal(pixels[..., 0], pixels[..., 2]) is is_grey


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("place_0001.jpg", "No face was found"), ("broken_0002.jpg", "The file is no image")],
)
def test_a_photo_without_a_face_and_a_file_that_is_none_are_said_to_be_so(
    name: str, sentence: str, tmp_path: Path
) -> None:
    project = make_empty_project(tmp_path)
    with pytest.raises(CuratorError, match=sentence):
        photo_faces(project, (PHOTOS / name).read_bytes(), "paper")
    assert not project.uploads.exists()
