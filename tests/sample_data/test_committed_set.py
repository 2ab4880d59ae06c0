"""The set in the repository is whole, small, and what the script makes."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, UnidentifiedImageError

from db.labels import Expression
from sample_data.annotators import ANNOTATORS
from sample_data.copies import CopyKind
from sample_data.plan import Kind, Plan
from sample_data.write import make_image

FOLDER = Path(__file__).parents[2] / "sample_data"
PHOTOS = FOLDER / "photos"
LABELS = list(Expression)


def truth() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "truth.csv", keep_default_na=False)


def labels() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "labels.csv")


def test_the_folder_holds_exactly_the_images_of_the_table() -> None:
    assert {file.name for file in PHOTOS.iterdir()} == set(truth()["image"])


def test_it_has_280_portraits_38_groups_95_copies_5_places_and_2_broken_files() -> None:
    kinds = truth().drop_duplicates("image")["kind"].value_counts()
    assert kinds.to_dict() == {"portrait": 280, "copy": 95, "scene": 38, "place": 5, "broken": 2}


def test_it_is_smaller_than_8_mb() -> None:
    assert sum(file.stat().st_size for file in PHOTOS.iterdir()) < 8_000_000


def test_a_group_shows_two_to_eight_different_subjects() -> None:
    scenes = truth().query("kind == 'scene'").groupby("image")["subject"]
    assert (scenes.nunique() == scenes.size()).all()
    assert set(scenes.size()) == {2, 3, 4, 5, 6, 7, 8}


def test_every_copy_names_a_portrait_that_shows_the_same() -> None:
    table = truth()
    copies = table[table["kind"] == "copy"]
    origins = table[table["kind"] == "portrait"].set_index("image").loc[copies["copy_of"]]
    assert (origins["subject"].to_numpy() == copies["subject"].to_numpy()).all()
    assert (origins["label"].to_numpy() == copies["label"].to_numpy()).all()
    assert set(copies["copy_kind"]) == {kind.value for kind in CopyKind}


def test_only_copies_of_that_kind_have_the_bytes_of_their_origin() -> None:
    for copy in truth().query("kind == 'copy'").itertuples():
        is_same = (PHOTOS / str(copy.image)).read_bytes() == (
            PHOTOS / str(copy.copy_of)
        ).read_bytes()
        assert is_same == (copy.copy_kind == CopyKind.SAME_BYTES)


@pytest.mark.parametrize("name", ["broken_0001.jpg", "broken_0002.jpg"])
def test_pillow_refuses_a_broken_file(name: str) -> None:
    message = "image file is truncated|cannot identify image file"
    with pytest.raises((OSError, UnidentifiedImageError), match=message):
        Image.open(io.BytesIO((PHOTOS / name).read_bytes())).load()


def test_labels_are_of_portraits_and_copies_by_known_annotators() -> None:
    given = labels().dropna(subset="annotator")
    assert set(given["annotator"]) == {annotator.name for annotator in ANNOTATORS}
    assert set(given["label"]) == {label.value for label in LABELS}
    assert not given.duplicated(["image", "annotator"]).any()
    assert set(given["image"].str.split("_").str[0]) == {"portrait", "copy"}


def test_the_annotators_are_about_as_reliable_as_stated() -> None:
    shown = truth().set_index("image")["label"]
    given = labels()
    is_right = given["label"] == given["image"].map(shown[~shown.index.duplicated()])
    rates = is_right.groupby(given["annotator"]).mean()
    for annotator in ANNOTATORS:
        assert rates[annotator.name] == pytest.approx(annotator.reliability, abs=0.06)


@pytest.mark.parametrize("index", [0, 131, 279, 281, 330, 413])
def test_the_script_draws_the_committed_image_again(index: int) -> None:
    """Pixels, not bytes: another processor may round a shade differently."""
    made = make_image(Plan(), index)
    here = np.asarray(Image.open(PHOTOS / made.name), int)
    again = np.asarray(Image.open(io.BytesIO(made.content)), int)
    assert here.shape == again.shape
    assert np.abs(here - again).mean() < 2


def test_the_kinds_of_a_plan_follow_one_another() -> None:
    plan = Plan()
    kinds = [plan.kind_and_number(index) for index in (0, 279, 280, 419)]
    assert kinds == [
        (Kind.PORTRAIT, 0),
        (Kind.PORTRAIT, 279),
        (Kind.SCENE, 0),
        (Kind.BROKEN, 1),
    ]


def test_every_portrait_and_copy_tells_its_subject() -> None:
    told = labels().drop_duplicates("image").set_index("image")["subject"]
    shown = truth().query("kind in ('portrait', 'copy')").set_index("image")["subject"]
    assert told.to_dict() == shown.to_dict()
