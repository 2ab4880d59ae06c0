import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.detect_faces import detect_faces
from curator.steps.image_files import decoded, pixel_sha256, png
from curator.steps.import_images import ImportReport, SourceChoice, import_images
from db.curation import Face, Image, ImageLabel, Source
from db.labelling import Annotation
from db.labels import Expression
from db.people import Annotator, Role
from db.progress import Progress, committing, finished
from db.project import Project
from tests.core.makers import draw_face
from tests.makers import NOW, make_annotator

DRAWN = SourceChoice("drawn", "CC0-1.0")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three images of three sizes."""
    folder = tmp_path / "set"
    folder.mkdir()
    for number, size_px in enumerate((60, 61, 62), start=1):
        (folder / f"Eve_Doe_000{number}.png").write_bytes(png(draw_face(size_px)))
    return folder


@pytest.fixture
def take(project: Project, session: Session) -> Callable[..., ImportReport]:
    def take(origin: Path, choice: SourceChoice = DRAWN, **options: Any) -> ImportReport:
        steps = import_images(project, session, origin, choice, now=NOW, **options)
        return finished(committing(session, steps))

    return take


def legend(path: Path, *rows: str, header: str = "image,emotion,user") -> Path:
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
    assert take(folder) == ImportReport(imported=3)
    image = session.scalars(select(Image).order_by(Image.name)).all()[0]
    content = (folder / "Eve_Doe_0001.png").read_bytes()
    assert project.images.read(image.sha256) == content
    assert (image.name, image.width_px, image.height_px) == ("Eve_Doe_0001.png", 60, 60)
    assert image.pixels_sha256 == pixel_sha256(decoded(content))
    assert (image.subject, image.imported_at, image.faces_found_at) == (None, NOW, None)
    assert (image.source.name, image.source.terms) == ("drawn", "CC0-1.0")


def test_importing_twice_adds_nothing(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    choice = replace(DRAWN, legends=(legend(tmp_path / "l.csv", "Eve_Doe_0001.png,sad,1"),))
    assert take(folder, choice) == ImportReport(imported=3, labels=1)
    before = [session.scalar(select(func.count()).select_from(t)) for t in (Image, ImageLabel)]
    assert take(folder, choice) == ImportReport(known=3)
    after = [session.scalar(select(func.count()).select_from(t)) for t in (Image, ImageLabel)]
    assert before == after == [3, 1]
    assert session.scalar(select(func.count()).select_from(Source)) == 1


def test_the_same_bytes_under_two_names_are_one_image(take: Take, folder: Path) -> None:
    (folder / "copy.png").write_bytes((folder / "Eve_Doe_0001.png").read_bytes())
    assert take(folder) == ImportReport(imported=3, known=1)


def test_a_zip_gives_what_its_folder_gives(take: Take, folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    assert take(tmp_path / "set.zip") == ImportReport(imported=3)
    assert take(folder) == ImportReport(known=3)


def test_decoding_elsewhere_gives_the_same(take: Take, folder: Path) -> None:
    with ThreadPoolExecutor(2) as executor:
        assert take(folder, executor=executor) == ImportReport(imported=3)


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
    first = legend(
        tmp_path / "1.csv", "Eve_Doe_0001.png,HAPPINESS,628", "Eve_Doe_0002.png,fear,628"
    )
    second = legend(tmp_path / "2.csv", "Eve_Doe_0001.png,sad,906")
    third = legend(tmp_path / "3.csv", "Eve_Doe_0003.png,sad", header="image,label")
    report = take(folder, replace(DRAWN, legends=(first, second, third)))
    assert report == ImportReport(imported=3, labels=4)
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
    path = legend(tmp_path / "l.csv", "Eve_Doe_0001.png,contempt,1", "gone.png,sad,1")
    report = take(folder, replace(DRAWN, legends=(path,)))
    assert report.issues == (
        Issue("l.csv, line 2 (Eve_Doe_0001.png)", "'contempt' is none of the seven labels."),
        Issue("l.csv", "names gone.png, which is not there."),
    )


def test_of_two_labels_by_one_annotator_the_first_stays_and_both_are_reported(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    path = legend(tmp_path / "l.csv", "Eve_Doe_0001.png,surprise,1", "Eve_Doe_0001.png,sad,1")
    report = take(folder, replace(DRAWN, legends=(path,)))
    assert report.issues == (
        Issue("Eve_Doe_0001.png", "1 calls it surprise and sad; surprise stays."),
    )
    assert labels_of(session) == [("Eve_Doe_0001.png", "drawn/1", "surprise")]


def test_a_later_legend_reaches_faces_that_are_known(
    take: Take, project: Project, session: Session, tmp_path: Path
) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    (folder / "a.png").write_bytes(png(draw_face()))
    take(folder)
    finished(committing(session, detect_faces(project, session, "haar", now=NOW)))
    path = legend(tmp_path / "l.csv", "a.png,sad,1,Eve", header="image,emotion,user,subject")
    choice = replace(DRAWN, legends=(path,))
    assert take(folder, choice) == ImportReport(known=1, labels=1)
    assert take(folder, choice) == ImportReport(known=1)
    assert [one.label for one in session.scalars(select(Annotation))] == [Expression.SAD]
    assert session.scalars(select(Face.subject)).all() == ["Eve"]


def test_a_legend_inside_the_collection_is_found(take: Take, folder: Path) -> None:
    legend(folder / "labels.csv", "Eve_Doe_0001.png,sad,1")
    assert take(folder, replace(DRAWN, legends=(Path("labels.csv"),))).labels == 1


def test_a_legend_that_is_nowhere_is_refused(take: Take, folder: Path) -> None:
    with pytest.raises(CuratorError, match=r"There is no legend gone\.csv, neither by that path"):
        take(folder, replace(DRAWN, legends=(Path("gone.csv"),)))


def test_the_subject_comes_from_the_legend_or_else_from_the_files_name(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    path = legend(tmp_path / "l.csv", "Eve_Doe_0002.png,Ann", header="image,subject")
    take(folder, SourceChoice("drawn", legends=(path,), subject_pattern=r"^(.+?)_\d{4}$"))
    subjects = session.scalars(select(Image.subject).order_by(Image.name)).all()
    assert subjects == ["Eve_Doe", "Ann", "Eve_Doe"]


def test_labels_of_a_source_are_never_those_of_a_person_here(
    take: Take, session: Session, folder: Path, tmp_path: Path
) -> None:
    make_annotator(session, "drawn")
    session.commit()
    path = legend(tmp_path / "l.csv", "Eve_Doe_0001.png,sad", header="image,label")
    take(folder, replace(DRAWN, legends=(path,)))
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
    monkeypatch.setattr("curator.steps.import_images.BATCH_BYTES", 1)
    steps = committing(session, import_images(project, session, folder, DRAWN, now=NOW))
    assert next(steps) == Progress(0, 3, "Importing images")
    assert next(steps) == Progress(1, 3, "Importing images")
    steps.close()
    assert take(folder) == ImportReport(imported=2, known=1)
