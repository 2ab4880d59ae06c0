from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from curator.errors import CuratorError
from curator.steps.faces.choose_detector import default_detector_name
from curator.steps.images.image_codec import decoded, png
from curator.steps.importing.import_options import SourceChoice
from curator.steps.importing.preview_collection import (
    CollectionPreview,
    LabelFileColumns,
    NamedLabel,
    preview_collection,
)
from db.project.project_folder import Project
from db.tables.images import Image, Source
from tests.core.makers import draw_face
from tests.makers import NOW, make_pixels
from tests.steps.importing.sources.makers import make_folder
from tests.steps.importing.sources.samples import SAMPLES

CHOICE = SourceChoice("a source")

Look = Callable[..., CollectionPreview]


@pytest.fixture
def look(project: Project) -> Look:
    def look(origin: Path, choice: SourceChoice = CHOICE) -> CollectionPreview:
        return preview_collection(project, origin, choice, default_detector_name())

    return look


def make_photos(folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:02}.png").write_bytes(png(draw_face(220 + number)))
    return folder


def test_it_says_what_an_import_would_bring(look: Look, tmp_path: Path) -> None:
    preview = look(make_folder(tmp_path / "set", SAMPLES["legend"].files))
    assert (preview.layout, preview.title) == ("legend", "Images with a table of labels")
    assert (preview.images, preview.tables) == (4, 3)
    assert (preview.annotators, preview.subjects, preview.sequences) == (3, 1, 0)
    assert preview.splits == {"train": 1}
    assert preview.labels == (
        NamedLabel("contempt", 2, None),
        NamedLabel("HAPPINESS", 1, "happy"),
        NamedLabel("neutral", 1, "neutral"),
        NamedLabel("anger", 1, "angry"),
        NamedLabel("sad", 1, "sad"),
    )
    assert [str(issue) for issue in preview.issues] == list(SAMPLES["legend"].issues)
    assert preview.issue_count == 1


def test_what_is_chosen_for_a_label_is_shown(look: Look, tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "set", SAMPLES["legend"].files)
    preview = look(folder, replace(CHOICE, label_names={"contempt": "-", "anger": "disgust"}))
    means = {label.said: (label.times, label.means) for label in preview.labels}
    assert means["contempt"] == (2, "-")
    assert means["anger"] == (1, "disgust")
    assert preview.issue_count == 0


def test_the_columns_of_tables_are_shown_with_a_proposal(look: Look, tmp_path: Path) -> None:
    files = {"a.csv": "file,feels,who\n1.png,sad,ann\n", "1.png": None, "notes.txt": "so, so\n"}
    folder = make_folder(tmp_path / "set", files)
    assert look(folder).label_files == (
        LabelFileColumns("a.csv", ("file", "feels", "who"), {"image": "file"}),
    )
    preview = look(folder, replace(CHOICE, columns={"label": "feels", "annotator": "who"}))
    assert preview.layout == "legend"
    assert preview.label_files[0].proposal == {
        "image": "file",
        "label": "feels",
        "annotator": "who",
    }


def test_a_legend_whose_columns_are_to_be_named_is_an_issue(look: Look, tmp_path: Path) -> None:
    path = tmp_path / "legend.csv"
    path.write_text("pic,feels\n00.png,sad\n")
    folder = make_photos(tmp_path / "set")
    preview = look(folder, replace(CHOICE, label_files=(path,)))
    assert preview.issues[0].reason.startswith("legend.csv needs a column for the image")
    assert preview.label_files == (LabelFileColumns("legend.csv", ("pic", "feels"), {}),)
    columns = {"image": "pic", "label": "feels"}
    preview = look(folder, replace(CHOICE, label_files=(path,), columns=columns))
    assert preview.labels == (NamedLabel("sad", 1, "sad"),)
    assert preview.issue_count == 0


def test_ten_faces_are_cut_out_of_photos(look: Look, tmp_path: Path) -> None:
    preview = look(make_photos(tmp_path / "set", 12))
    assert not preview.proposes_crops
    assert "are square and at most 128 px a side" in preview.crops_reason
    assert len(preview.crops) == 10
    assert {decoded(crop).shape for crop in preview.crops} == {(75, 75, 3)}


def test_crops_are_taken_as_they_are(look: Look, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    pixels = make_pixels(1)
    (folder / "1.png").write_bytes(png(pixels))
    preview = look(folder)
    assert preview.proposes_crops
    (crop,) = preview.crops
    assert abs(decoded(crop).astype(int) - pixels).mean() < 8
    assert look(folder, replace(CHOICE, holds_crops=False)).crops == ()


def test_what_cannot_be_looked_at_shows_no_crop(look: Look, tmp_path: Path) -> None:
    folder = make_photos(tmp_path / "set", 2)
    (folder / "00.png").write_bytes(b"no image")
    assert len(look(folder).crops) == 1


def test_terms_are_those_that_the_project_knows_or_else_proposed(
    look: Look, project: Project, tmp_path: Path
) -> None:
    folder = make_folder(tmp_path / "set", SAMPLES["kdef"].files)
    assert look(folder).terms.startswith("KDEF (Lundqvist")
    with project.writing() as session:
        session.add(Source(name="a source", terms="by contract", created_at=NOW))
        session.commit()
    assert look(folder).terms == "by contract"


def test_nothing_is_stored(look: Look, project: Project, tmp_path: Path) -> None:
    look(make_photos(tmp_path / "set"))
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Image)) == 0
        assert session.scalar(select(func.count()).select_from(Source)) == 0
    blobs = [*project.images.folder.rglob("*.*"), *project.crops.folder.rglob("*.*")]
    assert blobs == []


def test_what_cannot_be_used_as_a_whole_is_refused(look: Look, tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match="Layout must be one of"):
        look(make_photos(tmp_path / "set"), replace(CHOICE, layout="xml"))
    with pytest.raises(CuratorError, match=r"There is no label file gone\.csv"):
        look(tmp_path / "set", replace(CHOICE, label_files=(Path("gone.csv"),)))
