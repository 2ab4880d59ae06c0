import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy.orm import Session

from curator.core.faces.crops import aligned_crop, crop_and_view
from curator.core.faces.face import FoundFace, stored_face
from curator.core.faces.preprocessing import paper_preprocessing
from curator.core.snapshots.recipe import Preprocessing, Recipe
from curator.errors import CuratorError
from curator.steps.exports.exported_file import ExportChoices, SnapshotExport
from curator.steps.exports.open_export import crop_shape, cutting, open_export
from curator.steps.images.image_codec import jpeg, png
from curator.steps.images.perceptual_hash import phashes
from curator.steps.snapshots.freeze_snapshot import freeze
from db.files.blobs import sha256_of
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project, open_project
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from db.tables import Face, Image, Source
from tests.makers import NOW, annotate, make_annotator, make_empty_project, make_pixels

PHOTO = np.asarray(cv2.resize(make_pixels(3), (320, 200), interpolation=cv2.INTER_CUBIC), np.uint8)
LANDMARKS = [[60.0, 80.0], [100.0, 90.0], [78.0, 105.0], [60.0, 120.0], [95.0, 126.0]]
BY_EYES = stored_face((40, 50, 120, 150), LANDMARKS)
BY_BOX = stored_face((200, 60, 270, 140), None)
GREY = np.asarray(make_pixels(5)[:60, :, 0], np.uint8)
WHOLE = stored_face((0, 0, 75, 60), None, is_whole=True)


def add_face(project: Project, session: Session, image: Image, face: FoundFace) -> int:
    crop, view = crop_and_view(GREY if face.is_whole else PHOTO, face)
    x_min, y_min, x_max, y_max = face.box_xyxy
    row = Face(
        image=image,
        x_min=x_min,
        y_min=y_min,
        x_max=x_max,
        y_max=y_max,
        landmarks=None if face.landmarks is None else face.landmarks.tolist(),
        is_whole=face.is_whole,
        detector="drawn",
        confidence=1,
        quality={},
        crop_sha256=project.crops.put(png(crop)),
        view_sha256=project.views.put(jpeg(view)),
        **phashes(crop),
        found_at=NOW,
    )
    session.add(row)
    session.flush()
    return row.id


def add_image(project: Project, pixels: np.ndarray, source: Source) -> Image:
    """Keep an image as if its place had been taken out: its blob has other bytes."""
    return Image(
        source=source,
        name="photo.png",
        sha256=sha256_of(png(pixels) + b"place"),
        stored_sha256=project.images.put(png(pixels)),
        pixels_sha256=sha256_of(pixels.tobytes()),
        width_px=pixels.shape[1],
        height_px=pixels.shape[0],
        **phashes(pixels),
        imported_at=NOW,
        faces_found_at=NOW,
    )


@pytest.fixture(scope="module")
def cut_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Two faces in one photo, found by eyes and by a box, and a grey image that is a face."""
    project = make_empty_project(tmp_path_factory.mktemp("made") / "cut")
    with project.writing() as session:
        source = Source(name="drawn", terms="CC0-1.0", created_at=NOW)
        photo, crop = add_image(project, PHOTO, source), add_image(project, GREY, source)
        people = [make_annotator(session, name) for name in ("ann", "bob")]
        for image, face in ((photo, BY_EYES), (photo, BY_BOX), (crop, WHOLE)):
            face_id = add_face(project, session, image, face)
            annotate(session, face_id, dict.fromkeys(people, Expression.HAPPY))
        session.commit()
    return project


def frozen(project: Project, name: str, preprocessing: Preprocessing) -> Snapshot:
    recipe = Recipe(targets={Expression.HAPPY: 3}, preprocessing=preprocessing)
    with project.writing() as session:
        steps = freeze(project, session, name, recipe, now=NOW)
        report = finished(committing(session, steps))
    return read_snapshot(project.folder / report.folder)


@pytest.fixture(scope="module")
def cut_snapshot(cut_project: Project) -> Snapshot:
    return frozen(cut_project, "colour", "none")


@pytest.fixture(scope="module")
def paper_snapshot(cut_project: Project) -> Snapshot:
    return frozen(cut_project, "paper", "paper")


def test_crops_as_frozen_are_those_of_the_snapshot_byte_for_byte(
    cut_snapshot: Snapshot,
) -> None:
    export = open_export(cut_snapshot, ExportChoices(), None)
    names = [sha256_of(export.crop(place)) for place in range(3)]
    assert names == cut_snapshot.faces["crop_sha256"].tolist()
    assert [export.crop_pixels(place).shape for place in range(3)] == [
        (75, 75, 3),
        (75, 75, 3),
        (75, 75),
    ]


def test_faces_cut_again_at_the_usual_size_have_the_pixels_that_were_frozen(
    cut_snapshot: Snapshot, cut_project: Project
) -> None:
    frozen = open_export(cut_snapshot, ExportChoices(), None)
    again = open_export(cut_snapshot, ExportChoices(pixels="colour"), cut_project)
    for place in (0, 1):
        assert np.array_equal(again.crop_pixels(place), frozen.crop_pixels(place))
    whole = again.crop_pixels(2)
    assert np.array_equal(whole, np.repeat(frozen.crop_pixels(2)[..., None], 3, axis=2))


def test_at_another_size_they_are_cut_from_the_image_not_enlarged(
    cut_snapshot: Snapshot, cut_project: Project
) -> None:
    export = open_export(cut_snapshot, ExportChoices(pixels="colour", side_px=180), cut_project)
    assert np.array_equal(export.crop_pixels(0), aligned_crop(PHOTO, BY_EYES, 180))
    assert np.array_equal(export.crop_pixels(1), aligned_crop(PHOTO, BY_BOX, 180))


def test_grey_and_the_papers_chain_are_made_of_the_cut_face(
    cut_snapshot: Snapshot, cut_project: Project
) -> None:
    colour = aligned_crop(PHOTO, BY_EYES)
    grey = open_export(cut_snapshot, ExportChoices(pixels="grey"), cut_project)
    assert np.array_equal(grey.crop_pixels(0), cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY))
    paper = open_export(cut_snapshot, ExportChoices(pixels="paper"), cut_project)
    assert np.array_equal(paper.crop_pixels(0), paper_preprocessing(colour))
    large = open_export(cut_snapshot, ExportChoices(pixels="paper", side_px=96), cut_project)
    levels = large.crop_pixels(0)
    assert (levels.shape, levels.min(), levels.max()) == ((96, 96), 0, 255)


def test_faces_frozen_by_the_papers_chain_can_be_had_in_colour(
    paper_snapshot: Snapshot, cut_project: Project
) -> None:
    export = open_export(paper_snapshot, ExportChoices(pixels="colour"), cut_project)
    assert np.array_equal(export.crop_pixels(0), aligned_crop(PHOTO, BY_EYES))


def test_an_image_is_read_once_for_all_its_faces(
    cut_snapshot: Snapshot, cut_project: Project
) -> None:
    image = open_export(cut_snapshot, ExportChoices(), cut_project).image
    asked: list[str] = []

    def counted(sha256: str) -> bytes:
        assert image is not None
        asked.append(sha256)
        return image(sha256)

    cut = cutting(cut_snapshot, ExportChoices(pixels="grey"), counted)
    for place in range(3):
        cut(place)
    assert asked == [sha256_of(png(PHOTO) + b"place"), sha256_of(png(GREY) + b"place")]


def test_arrays_are_grey_only_where_every_crop_is(
    cut_snapshot: Snapshot, paper_snapshot: Snapshot, cut_project: Project
) -> None:
    def shape(snapshot: Snapshot, **choices: object) -> tuple[int, ...]:
        wanted = ExportChoices(**choices)  # type: ignore[arg-type]
        return crop_shape(open_export(snapshot, wanted, cut_project))

    assert shape(cut_snapshot) == (75, 75, 3)
    assert shape(paper_snapshot) == (75, 75)
    assert shape(cut_snapshot, pixels="grey", side_px=96) == (96, 96)
    assert shape(cut_snapshot, pixels="colour") == (75, 75, 3)


def test_without_a_project_nothing_can_be_cut_again(cut_snapshot: Snapshot) -> None:
    with pytest.raises(CuratorError, match="there is no project here"):
        open_export(cut_snapshot, ExportChoices(pixels="grey"), None)


def test_a_snapshot_that_does_not_tell_the_eyes_is_not_cut_again(
    cut_snapshot: Snapshot, cut_project: Project
) -> None:
    old = replace(cut_snapshot, about=cut_snapshot.about | {"format": 1})
    with pytest.raises(CuratorError, match="did not keep where the eyes are"):
        open_export(old, ExportChoices(pixels="grey"), cut_project)


def test_an_image_that_was_erased_is_named(
    cut_snapshot: Snapshot, cut_project: Project, tmp_path: Path
) -> None:
    shutil.copytree(cut_project.folder, tmp_path / "copy")
    copy = open_project(tmp_path / "copy")
    shutil.rmtree(copy.images.folder)
    export = open_export(cut_snapshot, ExportChoices(pixels="grey"), copy)
    with pytest.raises(CuratorError, match="it has been erased"):
        export.crop(0)


def test_a_crop_that_was_changed_does_not_go_out(export: SnapshotExport, tmp_path: Path) -> None:
    folder = tmp_path / "set@1"
    shutil.copytree(export.snapshot.folder, folder)
    snapshot = replace(export.snapshot, folder=folder)
    place = snapshot.crop_path(snapshot.faces["crop_sha256"].iloc[4])
    place.chmod(0o644)
    place.write_bytes(b"changed")
    with pytest.raises(CuratorError, match="The crop of face 5 is missing or has been changed"):
        open_export(snapshot, ExportChoices(), None).crop(4)


def test_arrays_of_crops_of_two_sizes_are_refused(export: SnapshotExport, tmp_path: Path) -> None:
    folder = tmp_path / "set@1"
    shutil.copytree(export.snapshot.folder, folder)
    (folder / "crops" / f"{'0' * 64}.png").write_bytes(png(np.zeros((48, 48), np.uint8)))
    faces = export.snapshot.faces.copy()
    faces.loc[0, "crop_sha256"] = "0" * 64
    mixed = replace(export.snapshot, folder=folder, faces=faces)
    with pytest.raises(CuratorError, match="48 x 48 and 75 x 75 px"):
        crop_shape(replace(export, snapshot=mixed))
