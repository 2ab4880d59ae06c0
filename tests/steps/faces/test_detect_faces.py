import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from curator.core.issues import Issue
from curator.errors import CuratorError
from curator.steps.faces.choose_detector import why_missing
from curator.steps.faces.detect_faces import DetectReport, detect_faces
from curator.steps.images.image_codec import decoded, png
from curator.steps.images.perceptual_hash import phashes
from curator.steps.importing.import_images import SourceChoice, import_images
from curator.steps.process_pool import Workers
from db.jobs.progress import Progress, committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.annotations import Annotation
from db.tables.assignment import FaceVotes
from db.tables.images import Face, Image
from db.tables.people import Annotator
from tests.core.makers import Pixels, draw_face, scene
from tests.makers import NOW

Take = Callable[..., None]
Detect = Callable[..., DetectReport]

WALL = np.full((200, 200, 3), 128, np.uint8)


@pytest.fixture
def take(project: Project, session: Session, tmp_path: Path) -> Take:
    """Import images, each labelled sad by annotator 1 and fear by 2, all of subject Eve."""

    def take(**images: Pixels) -> None:
        folder = tmp_path / "set"
        folder.mkdir(exist_ok=True)
        rows = ["image,label,user,subject"]
        for name, pixels in images.items():
            (folder / f"{name}.png").write_bytes(png(pixels))
            rows += [f"{name}.png,sad,1,Eve", f"{name}.png,fear,2,Eve"]
        (folder / "labels.csv").write_text("\n".join(rows))
        choice = SourceChoice("drawn", label_files=(folder / "labels.csv",))
        steps = import_images(project, session, folder, choice, detector_name="haar", now=NOW)
        finished(committing(session, steps))
        forget_faces(session)

    return take


def forget_faces(session: Session) -> None:
    """Leave the images as an earlier version did, whose import did not look for faces."""
    for table in (Annotation, FaceVotes, Face):
        session.execute(delete(table))
    session.execute(update(Image).values(faces_found_at=None))
    session.commit()


@pytest.fixture
def detect(project: Project, session: Session) -> Detect:
    def detect(detector_name: str = "haar", **options: Any) -> DetectReport:
        steps = detect_faces(project, session, detector_name, now=NOW, **options)
        return finished(committing(session, steps))

    return detect


def annotations_of(session: Session) -> list[tuple[int, str, Expression | None]]:
    query = select(Annotation.face_id, Annotator.name, Annotation.label)
    joined = query.join(Annotator, Annotator.id == Annotation.annotator_id)
    return [(face, name, label) for face, name, label in session.execute(joined)]


def test_a_face_is_stored_with_its_crop_view_hashes_and_quality(
    take: Take, detect: Detect, project: Project, session: Session
) -> None:
    take(a=draw_face())
    assert detect() == DetectReport(images=1, faces=1, labels_placed=2)
    face = session.scalars(select(Face)).one()
    crop = decoded(project.crops.read(face.crop_sha256))
    assert crop.shape == (75, 75, 3)
    assert decoded(project.views.read(face.view_sha256)).shape == (292, 292, 3)
    assert {"phash": face.phash, "phash_mirrored": face.phash_mirrored} == phashes(crop)
    assert (face.detector, face.confidence, face.landmarks) == ("haar", 1.0, None)
    assert (face.quality["size_px"], face.subject) == (150.0, "Eve")
    assert face.found_at == face.image.faces_found_at == NOW


@pytest.mark.skipif(why_missing("yunet") is not None, reason="yuface is not there")
def test_yunets_landmarks_are_stored(take: Take, detect: Detect, session: Session) -> None:
    take(a=draw_face())
    assert detect("yunet").faces == 1
    face = session.scalars(select(Face)).one()
    assert [len(point) for point in face.landmarks or []] == [2, 2, 2, 2, 2]
    assert 0.5 < face.confidence <= 1


def test_the_only_face_gets_the_labels_of_the_image(
    take: Take, detect: Detect, session: Session
) -> None:
    take(a=draw_face())
    detect()
    assert annotations_of(session) == [
        (1, "drawn/1", Expression.SAD),
        (1, "drawn/2", Expression.FEAR),
    ]


def test_a_face_twice_as_large_as_any_other_gets_the_labels_and_the_subject(
    take: Take, detect: Detect, session: Session
) -> None:
    take(a=scene(draw_face(110), draw_face(220)))
    assert detect() == DetectReport(images=1, faces=2, labels_placed=2)
    large, small = sorted(session.scalars(select(Face)), key=lambda face: face.x_min - face.x_max)
    assert {face_id for face_id, _, _ in annotations_of(session)} == {large.id}
    assert (large.subject, small.subject) == ("Eve", None)


def test_faces_of_like_size_get_neither_labels_nor_a_subject(
    take: Take, detect: Detect, session: Session
) -> None:
    take(a=scene(draw_face(), draw_face()))
    issue = Issue("a.png", "2 faces of like size; the label is left to annotators.")
    assert detect() == DetectReport(images=1, faces=2, issues=(issue,))
    assert session.scalars(select(Face.subject)).all() == [None, None]
    assert annotations_of(session) == []


def test_an_image_without_a_face_is_reported_once(take: Take, detect: Detect) -> None:
    take(wall=WALL)
    issue = Issue("wall.png", "no face found.")
    assert detect() == DetectReport(images=1, without_face=1, issues=(issue,))
    assert detect() == DetectReport()


def test_what_one_detector_does_not_find_another_may(
    take: Take, detect: Detect, session: Session
) -> None:
    take(a=draw_face(), wall=WALL)
    detect()
    session.execute(delete(Annotation))
    session.execute(delete(FaceVotes))
    session.execute(delete(Face))
    session.commit()
    assert detect() == DetectReport()
    report = detect(again=True)
    assert (report.images, report.faces, report.without_face) == (2, 1, 1)
    assert session.scalar(select(func.count()).select_from(Face)) == 1
    assert detect(again=True).images == 1


def test_a_second_search_finds_nothing_to_do(take: Take, detect: Detect, session: Session) -> None:
    take(a=draw_face(), b=draw_face(180))
    assert detect().faces == 2
    assert detect() == DetectReport()
    assert session.scalar(select(func.count()).select_from(Annotation)) == 4


def test_killed_after_a_batch_and_begun_again_the_result_is_the_same(
    take: Take,
    detect: Detect,
    project: Project,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("curator.steps.faces.detect_faces.BATCH_IMAGES", 1)
    take(a=draw_face(), b=draw_face(180), wall=WALL)
    steps = committing(session, detect_faces(project, session, "haar", now=NOW))
    assert [next(steps).done for _ in range(2)] == [0, 1]
    steps.close()
    report = detect()
    assert (report.images, report.faces, report.without_face) == (2, 1, 1)
    assert session.scalar(select(func.count()).select_from(Face)) == 2


def test_what_was_not_committed_is_done_again(
    take: Take, detect: Detect, project: Project, session: Session
) -> None:
    take(a=draw_face())
    steps = detect_faces(project, session, "haar", now=NOW)
    assert [next(steps), next(steps)] == [
        Progress(0, 1, "Finding faces"),
        Progress(1, 1, "Finding faces"),
    ]
    session.rollback()
    assert detect().faces == 1


def test_an_image_whose_bytes_are_gone_is_reported_and_stays_to_be_looked_at(
    take: Take, detect: Detect, project: Project, session: Session
) -> None:
    take(a=draw_face(), b=draw_face(180))
    sha256 = session.scalars(select(Image.sha256).where(Image.name == "a.png")).one()
    content = project.images.read(sha256)
    project.images.path(sha256).unlink()
    session.rollback()
    report = detect()
    assert (report.images, report.faces) == (1, 1)
    assert [issue.item for issue in report.issues] == ["a.png"]
    assert "No such file" in report.issues[0].reason
    project.images.put(content)
    assert detect().faces == 1


@pytest.mark.slow
def test_processes_find_what_this_process_finds(
    take: Take, detect: Detect, session: Session
) -> None:
    take(a=draw_face(), b=draw_face(180), wall=WALL)
    with Workers(2) as executor:
        report = detect(executor=executor)
    assert (report.images, report.faces, report.labels_placed) == (3, 2, 4)
    assert session.scalars(select(Image.name).join(Face).order_by(Face.id)).all() == [
        "a.png",
        "b.png",
    ]
    assert json.loads(json.dumps(asdict(report)))["without_face"] == 1


def test_an_unknown_detector_is_refused(detect: Detect) -> None:
    with pytest.raises(CuratorError, match=r"must be one of yunet, haar\. Received: 'dlib'"):
        detect("dlib")


def test_a_detector_that_is_not_here_is_refused_with_the_reason(
    detect: Detect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yuface", None)
    with pytest.raises(CuratorError, match=r"yunet cannot be used here\. .* Choose another one"):
        detect("yunet")
