import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.consensus.settle_labels import consensus
from curator.steps.faces.detection_session import detection_session
from curator.steps.images.image_codec import decoded, pixel_sha256, png
from curator.steps.importing.archives.collection import CollectionFile
from curator.steps.importing.import_images import ImportReport, SourceChoice, import_images
from curator.steps.importing.read_image_files import FileToRead, read_image_file
from curator.steps.importing.sources.common.source_entry import Entry, Statement
from curator.steps.importing.sources.fer2013_folders import FER2013_TERMS
from curator.steps.importing.store_images import ImageAdder, ImportRecord
from db.files.blobs import sha256_of
from db.files.staged_blobs import keep_aside
from db.jobs.progress import Progress, committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from db.tables.assignment import FaceVotes
from db.tables.images import CrowdVote, Face, Image, ImageLabel, Import, Source
from db.tables.people import Annotator, Role
from tests.core.makers import draw_face, scene
from tests.makers import NOW, make_annotator
from tests.steps.importing.bytes_place import BytesLocation

DRAWN = SourceChoice("drawn", "CC0-1.0", holds_crops=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images of three sizes, a face in each."""
    folder = tmp_path / "set"
    folder.mkdir()
    for number, size_px in enumerate((60, 61, 62), start=1):
        (folder / f"Eve_Doe_000{number}.png").write_bytes(png(draw_face(size_px)))
    return folder


@pytest.fixture
def take(project: Project, session: Session) -> Callable[..., ImportReport]:
    def take(
        origin: Path, choice: SourceChoice = DRAWN, detector: str = "haar", **options: Any
    ) -> ImportReport:
        steps = import_images(
            project, session, origin, choice, detector_name=detector, now=NOW, **options
        )
        return finished(committing(session, steps))

    return take


def told(report: ImportReport) -> dict[str, Any]:
    """Say what a report says that is not as usual for drawn photos."""
    usual = asdict(ImportReport(layout="photos", detector="haar"))
    return {name: value for name, value in asdict(report).items() if value != usual[name]}


THREE_NEW = {"imported": 3, "faces": 3}


def label_file(path: Path, *rows: str, header: str = "image,emotion,user") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n")
    return path


def labels_of(session: Session) -> list[tuple[str, str, str]]:
    query = select(Image.name, Annotator.name, ImageLabel.label).select_from(ImageLabel)
    joined = query.join(Image, Image.id == ImageLabel.image_id).join(
        Annotator, Annotator.id == ImageLabel.annotator_id
    )
    return sorted(
        (image, annotator, str(label)) for image, annotator, label in session.execute(joined)
    )


Take = Callable[..., ImportReport]


def test_an_image_is_kept_byte_for_byte_with_its_facts(
    take: Take, project: Project, session: Session, folder: Path
) -> None:
    assert told(take(folder)) == THREE_NEW
    image = session.scalars(select(Image).order_by(Image.name)).all()[0]
    content = (folder / "Eve_Doe_0001.png").read_bytes()
    assert project.images.read(image.sha256) == content
    assert (image.name, image.width_px, image.height_px) == ("Eve_Doe_0001.png", 60, 60)
    assert image.pixels_sha256 == pixel_sha256(decoded(content))
    assert (image.subject, image.imported_at, image.faces_found_at) == (None, NOW, NOW)
    assert (image.source.name, image.source.terms) == ("drawn", "CC0-1.0")


def test_importing_twice_adds_nothing(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    choice = replace(DRAWN, label_files=(label_file(tmp_path / "l.csv", "Eve_Doe_0001.png,sad,1"),))
    assert told(take(folder, choice)) == THREE_NEW | {"labels": 1, "labels_placed": 1}
    before = [session.scalar(select(func.count()).select_from(t)) for t in (Image, ImageLabel)]
    assert told(take(folder, choice)) == {"known": 3}
    after = [session.scalar(select(func.count()).select_from(t)) for t in (Image, ImageLabel)]
    assert before == after == [3, 1]
    assert session.scalar(select(func.count()).select_from(Source)) == 1


def test_terms_may_be_stated_by_a_later_import_and_stay(
    take: Take, session: Session, folder: Path
) -> None:
    for terms in ("", "CC0-1.0", "all rights reserved"):
        take(folder, replace(DRAWN, terms=terms))
    assert session.scalars(select(Source.terms)).all() == ["CC0-1.0"]


def test_a_source_has_the_terms_of_its_layout_unless_others_are_stated(
    take: Take, session: Session, tmp_path: Path
) -> None:
    for name, side_px in (("FER2013", 60), ("ours", 61)):
        path = tmp_path / name / "train" / "angry" / "Training_1.png"
        path.parent.mkdir(parents=True)
        path.write_bytes(png(draw_face(side_px)))
        terms = "asked for" if name == "ours" else ""
        take(tmp_path / name, SourceChoice(name, terms, layout="fer2013-folders"))
    found = session.scalars(select(Source.terms).order_by(Source.id)).all()
    assert found == [FER2013_TERMS, "asked for"]


def test_the_same_bytes_under_two_names_are_one_image(take: Take, folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "Eve_Doe_0001.png").read_bytes())
    assert told(take(folder)) == THREE_NEW | {"known": 1}


def test_a_zip_gives_what_its_folder_gives(take: Take, folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert told(take(tmp_path / "set.zip")) == THREE_NEW
    assert told(take(folder)) == {"known": 3}


def test_decoding_elsewhere_gives_the_same(take: Take, folder: Path) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert told(take(folder, executor=executor)) == THREE_NEW


def test_a_bad_file_is_reported_and_the_rest_goes_in(
    take: Take, project: Project, folder: Path
) -> None:
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("hello")
    report = take(folder)
    assert report.imported == 3
    assert [issue.item for issue in report.issues] == ["empty.jpg", "text.jpg"]
    assert report.issues[0].reason.startswith("is empty (0 bytes).")
    assert len([path for path in project.images.folder.rglob("*") if path.is_file()]) == 3
    assert json.loads(json.dumps(asdict(report)))["issues"][0]["item"] == "empty.jpg"


def test_labels_are_kept_for_each_annotator_of_each_legend(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    first = label_file(
        tmp_path / "1.csv", "Eve_Doe_0001.png,HAPPINESS,628", "Eve_Doe_0002.png,fear,628"
    )
    second = label_file(tmp_path / "2.csv", "Eve_Doe_0001.png,sad,906")
    third = label_file(tmp_path / "3.csv", "Eve_Doe_0003.png,sad", header="image,label")
    report = take(folder, replace(DRAWN, label_files=(first, second, third)))
    assert told(report) == THREE_NEW | {"labels": 4, "labels_placed": 4}
    assert labels_of(session) == [
        ("Eve_Doe_0001.png", "drawn/628", "happy"),
        ("Eve_Doe_0001.png", "drawn/906", "sad"),
        ("Eve_Doe_0002.png", "drawn/628", "fear"),
        ("Eve_Doe_0003.png", "drawn/labels", "sad"),
    ]
    assert set(session.scalars(select(Annotator.role))) == {Role.SOURCE}


def test_an_unknown_label_and_a_missing_image_are_reported(
    take: Take, folder: Path, tmp_path: Path
) -> None:
    path = label_file(tmp_path / "l.csv", "Eve_Doe_0001.png,contempt,1", "gone.png,sad,1")
    report = take(folder, replace(DRAWN, label_files=(path,)))
    said = {str(issue) for issue in report.issues}
    assert any("contempt" in one and "none of the seven" in one for one in said), said
    assert any("gone.png, which is not there" in one for one in said), said


def test_of_two_labels_by_one_annotator_both_are_kept_so_that_somebody_decides(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    path = label_file(tmp_path / "l.csv", "Eve_Doe_0001.png,surprise,1", "Eve_Doe_0001.png,sad,1")
    report = take(folder, replace(DRAWN, label_files=(path,)))
    assert report.issues == (
        Issue("Eve_Doe_0001.png", "1 calls it surprise and sad; both are kept."),
    )
    assert labels_of(session) == [
        ("Eve_Doe_0001.png", "drawn/1", "surprise"),
        ("Eve_Doe_0001.png", "drawn/1 (2)", "sad"),
    ]
    assert consensus(session)["verdict"].isna().all()
    again = take(folder, replace(DRAWN, label_files=(path,)))
    assert (again.labels, len(labels_of(session))) == (0, 2)


def test_rows_without_an_annotator_are_each_somebody_else(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    rows = ("Eve_Doe_0001.png,sad", "Eve_Doe_0001.png,SAD", "Eve_Doe_0001.png,fear")
    path = label_file(tmp_path / "l.csv", *rows, header="image,label")
    assert take(folder, replace(DRAWN, label_files=(path,))).labels == 3
    assert take(folder, replace(DRAWN, label_files=(path,))).labels == 0
    assert labels_of(session) == [
        ("Eve_Doe_0001.png", "drawn/labels", "sad"),
        ("Eve_Doe_0001.png", "drawn/labels (2)", "sad"),
        ("Eve_Doe_0001.png", "drawn/labels (3)", "fear"),
    ]


def test_a_later_legend_reaches_faces_that_are_known(
    take: Take, session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "a.png").write_bytes(png(draw_face()))
    take(folder)
    path = label_file(tmp_path / "l.csv", "a.png,sad,1,Eve", header="image,emotion,user,subject")
    choice = replace(DRAWN, label_files=(path,))
    assert told(take(folder, choice)) == {"known": 1, "labels": 1, "labels_placed": 1}
    assert told(take(folder, choice)) == {"known": 1}
    assert [one.label for one in session.scalars(select(Annotation))] == [Expression.SAD]
    assert session.scalars(select(Face.subject)).all() == ["Eve"]


def test_a_legend_inside_the_collection_is_found(take: Take, folder: Path) -> None:
    label_file(folder / "labels.csv", "Eve_Doe_0001.png,sad,1")
    assert take(folder, replace(DRAWN, label_files=(Path("labels.csv"),))).labels == 1


def test_a_legend_that_is_nowhere_is_refused(take: Take, folder: Path) -> None:
    with pytest.raises(
        CuratorError, match=r"There is no label file gone\.csv, neither by that path"
    ):
        take(folder, replace(DRAWN, label_files=(Path("gone.csv"),)))


def test_the_subject_comes_from_the_legend_or_else_from_the_files_name(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    path = label_file(tmp_path / "l.csv", "Eve_Doe_0002.png,Ann", header="image,subject")
    take(folder, replace(DRAWN, label_files=(path,), subject_pattern=r"^(.+?)_\d{4}$"))
    subjects = session.scalars(select(Image.subject).order_by(Image.name)).all()
    assert subjects == ["Eve_Doe", "Ann", "Eve_Doe"]


def test_labels_of_a_source_are_never_those_of_a_person_here(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    make_annotator(session, "drawn")
    session.commit()
    path = label_file(tmp_path / "l.csv", "Eve_Doe_0001.png,sad", header="image,label")
    take(folder, replace(DRAWN, label_files=(path,)))
    assert labels_of(session) == [("Eve_Doe_0001.png", "drawn/labels", "sad")]


def test_a_collection_without_images_is_refused(take: Take, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CuratorError, match=r"empty holds no images \(.avif, .bmp"):
        take(tmp_path / "empty")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": " "}, "A source's name must have 1 to 60 letters. Received: ' '"),
        ({"name": "x" * 61}, "must have 1 to 60 letters"),
        ({"name": "s", "subject_pattern": "("}, r"Subject pattern '\(' cannot be read"),
        ({"name": "s", "subject_pattern": "a"}, "must have one group. It has 0"),
    ],
)
def test_a_choice_that_cannot_be_used_says_so(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(CuratorError, match=message):
        SourceChoice(**arguments)  # type: ignore[arg-type]


def test_stopped_after_a_batch_and_begun_again_it_goes_on(
    project: Project,
    session: Session,
    folder: Path,
    take: Take,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("curator.steps.importing.import_images.BATCH_IMAGES", 1)
    importing = import_images(project, session, folder, DRAWN, detector_name="haar", now=NOW)
    steps = committing(session, importing)
    assert next(steps) == Progress(0, 3, "Importing images")
    assert next(steps) == Progress(1, 3, "Importing images")
    steps.close()
    assert told(take(folder)) == {"imported": 2, "known": 1, "faces": 2}


def test_what_is_stated_of_boxes_goes_to_the_faces_made_of_them(
    project: Project, session: Session
) -> None:
    left, right = draw_face(220), draw_face(220)
    statements = (
        Statement("0", Expression.ANGRY, box_xyxy=(45, 25, 175, 210)),
        Statement("6", Expression.NEUTRAL, box_xyxy=(600, 20, 640, 60)),
    )
    content = png(scene(left, right, draw_face(220)))
    file = CollectionFile("group.png", len(content), BytesLocation(content))
    with detection_session(project, "haar") as looking:
        to_see = FileToRead(file, Entry(file, statements).boxes_xyxy)
        seen = read_image_file(to_see, looking=looking, database=project.database)
        assert seen.image is not None
        keep_aside(looking.aside, seen.image.blobs)
        adder = ImageAdder(session, ImportRecord("group", "", "expw", False, {}), NOW)
        report = adder.add([(Entry(file, statements), seen)])
    faces = session.scalars(select(Face).order_by(Face.id)).all()
    assert (report.labels, report.labels_placed, report.faces) == (2, 2, len(faces))
    assert [(face.box_number, face.x_min) for face in faces[:2]] == [(1, 45), (2, 600)]
    assert [face.box_number for face in faces[2:]] == [None, None]
    rows = session.execute(select(Annotation.face_id, Annotation.label))
    said = {row.face_id: row.label for row in rows}
    assert said == {faces[0].id: Expression.ANGRY, faces[1].id: Expression.NEUTRAL}


def test_unnamed_voters_are_kept_as_counts_and_settle_the_face(
    take: Take, session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "fer"
    folder.mkdir()
    (folder / "fer0000000.png").write_bytes(png(draw_face(48)))
    columns = (
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    )
    (folder / "fer2013new.csv").write_text(
        f"{columns}\nTraining,fer0000000.png,2,7,0,0,0,0,0,1,0,0\n"
    )
    report = take(folder, SourceChoice("FER"))
    assert (report.holds_crops, report.faces, report.labels_placed) == (True, 1, 3)
    votes = session.execute(select(CrowdVote.verdict, CrowdVote.voters).order_by(CrowdVote.verdict))
    assert [tuple(vote) for vote in votes] == [("happy", 7), ("neutral", 2), ("unsure", 1)]
    settled = consensus(session).iloc[0]
    assert (settled["verdict"], settled["votes"], settled["share"]) == ("happy", 10, 0.7)
    face = session.scalars(select(FaceVotes)).one()
    assert (face.votes, face.lead, face.leading) == (10, 5, "happy")
    assert take(folder, SourceChoice("FER")).labels == 0
    assert session.scalar(select(func.count()).select_from(Annotation)) == 0


def test_an_import_keeps_its_recipe_once(take: Take, session: Session, folder: Path) -> None:
    for _ in range(2):
        take(folder)
    (folder / "new.png").write_bytes(png(draw_face(63)))
    take(folder)
    (run,) = session.scalars(select(Import))
    assert (run.layout, run.choices["detector"], run.choices["holds_crops"]) == (
        "photos",
        "haar",
        False,
    )
    assert set(session.scalars(select(Image.import_id))) == {run.id}


def test_a_photo_is_stored_without_the_place_where_it_was_taken(
    take: Take, project: Project, session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    exif = PIL.Image.Exif()
    exif.get_ifd(0x8825)[29] = "2021:05:06"  # the date of the satellites' fix
    photo = PIL.Image.fromarray(draw_face(80))
    photo.save(folder / "a.jpg", exif=exif)
    assert b"2021:05:06" in (folder / "a.jpg").read_bytes()
    assert take(folder).imported == 1
    image = session.scalars(select(Image)).one()
    stored = project.images.read(image.blob_sha256)
    assert b"2021:05:06" not in stored
    assert pixel_sha256(decoded(stored)) == image.pixels_sha256
    assert image.stored_sha256 == sha256_of(stored)
    assert told(take(folder)) == {"known": 1}
