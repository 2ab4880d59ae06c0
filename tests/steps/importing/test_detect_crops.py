from pathlib import Path

import pytest

from curator.steps.images.image_codec import png
from curator.steps.importing.archives.open_collection import opened_collection
from curator.steps.importing.detect_crops import CropProposal, propose_crops
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.sources import read_source
from tests.makers import make_pixels
from tests.steps.importing.sources.makers import make_folder
from tests.steps.importing.sources.samples import SAMPLES


def proposal(folder: Path, layout: str | None = None) -> CropProposal:
    with opened_collection(folder) as collection:
        return propose_crops(read_source(collection, SourceChoice("s", layout=layout)))


def make_images(folder: Path, *sizes_wh: tuple[int, int]) -> Path:
    folder.mkdir(exist_ok=True)
    for number, (width, height) in enumerate(sizes_wh):
        pixels = make_pixels(number, 400)[:height, :width]
        (folder / f"{number:03}.png").write_bytes(png(pixels))
    return folder


@pytest.mark.parametrize(
    ("sizes_wh", "holds_crops"),
    [
        ([(48, 48), (128, 128)], True),
        ([(128, 122)], True),
        ([(128, 121)], False),
        ([(129, 129)], False),
        ([(48, 48)] * 9 + [(300, 200)], True),
        ([(48, 48)] * 8 + [(300, 200)] * 2, False),
    ],
)
def test_small_squares_are_crops(
    tmp_path: Path, sizes_wh: list[tuple[int, int]], holds_crops: bool
) -> None:
    assert proposal(make_images(tmp_path / "set", *sizes_wh)).holds_crops is holds_crops


def test_it_says_why(tmp_path: Path) -> None:
    folder = make_images(tmp_path / "set", (48, 48), (300, 200), (300, 200))
    assert proposal(folder).reason == (
        "1 of 3 images looked at are square and at most 128 px a side; "
        "the commonest size is 300 x 200 px."
    )


def test_what_is_no_image_does_not_count(tmp_path: Path) -> None:
    folder = make_images(tmp_path / "set", (48, 48))
    (folder / "bad.png").write_bytes(b"no image")
    assert proposal(folder).holds_crops
    (folder / "000.png").unlink()
    assert proposal(folder) == CropProposal(False, "No image could be looked at.")


def test_a_layout_that_knows_is_believed(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "set", SAMPLES["kdef"].files)
    assert proposal(folder) == CropProposal(False, "KDEF holds whole photos.")


def test_where_boxes_are_stated_the_images_are_no_crops(tmp_path: Path) -> None:
    folder = make_images(tmp_path / "set", (48, 48))
    (folder / "l.csv").write_text("image,label,x1,y1,x2,y2\n000.png,sad,1,2,3,4\n")
    assert not proposal(folder).holds_crops


def test_no_more_than_200_images_are_looked_at(tmp_path: Path) -> None:
    folder = make_images(tmp_path / "set", *[(20, 20)] * 201)
    assert proposal(folder).reason.startswith("200 of 200 images looked at")
