"""`curator predict`, as a script runs it."""

from pathlib import Path

import pytest

from curator.steps.images.image_codec import decoded
from db.labels import Expression
from tests.commands import run_command, run_json
from tests.steps.models.standard import make_standard

PHOTOS = Path(__file__).parents[1] / "sample_data" / "photos"

pytestmark = pytest.mark.slow


def test_every_face_of_every_photo_is_predicted_and_drawn(tmp_path: Path) -> None:
    make_standard(tmp_path / "model")
    scene, place = str(PHOTOS / "scene_0003.jpg"), str(PHOTOS / "place_0001.jpg")
    options = ("--model", str(tmp_path / "model"), "--out", str(tmp_path / "out"))

    said = run_json("predict", scene, place, scene, *options)

    first, empty, again = said["photos"]
    assert [len(photo["faces"]) for photo in said["photos"]] == [4, 0, 4]
    assert first["faces"] == again["faces"]
    assert first["drawn"] != again["drawn"]
    face = first["faces"][0]
    assert list(face["probabilities"]) == [str(label) for label in Expression]
    assert sum(face["probabilities"].values()) == pytest.approx(1)
    assert face["label"] == max(face["probabilities"], key=face["probabilities"].get)
    photo = decoded(Path(scene).read_bytes())
    drawn = decoded(Path(first["drawn"]).read_bytes())
    assert drawn.shape[0] > photo.shape[0]
    assert Path(empty["drawn"]).is_file()
    assert said["note"] == ""


def test_people_read_a_line_a_face_and_whose_answers_they_are(tmp_path: Path) -> None:
    make_standard(tmp_path, classifier="svm")
    scene, place = str(PHOTOS / "scene_0003.jpg"), str(PHOTOS / "place_0001.jpg")
    ran = run_command("predict", scene, place, "--model", str(tmp_path))
    assert ran.returncode == 0
    lines = ran.stdout.splitlines()
    assert [line.split()[1] for line in lines] == ["1", "2", "3", "4", "no"]
    assert lines[-1].endswith("no face found")
    assert "colours with svm" in " ".join(ran.stderr.split())


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    make_standard(tmp_path)
    broken = run_command("predict", str(PHOTOS / "broken_0002.jpg"), "--model", str(tmp_path))
    gone = run_command("predict", "gone.jpg", "--model", str(tmp_path))
    none = run_command("predict", "gone.jpg", "--model", str(tmp_path / "none"))
    assert [ran.returncode for ran in (broken, gone, none)] == [1, 1, 1]
    assert "broken_0002.jpg is no image" in " ".join(broken.stderr.split())
    assert "gone.jpg cannot be read" in gone.stderr
    assert "holds no standard model" in " ".join(none.stderr.split())
