"""A person is forgotten: a drill on a project that has something of everything."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Session

from curator.core.snapshots.recipe import Recipe
from curator.errors import CuratorError
from curator.steps.images.image_codec import jpeg, pixel_sha256, png
from curator.steps.importing.import_images import SourceChoice, import_images
from curator.steps.maintenance import erase as erase_module
from curator.steps.maintenance.erase import erase, finish_erasures
from curator.steps.maintenance.erasure_plan import (
    ErasurePlan,
    Kind,
    plan_erasure,
    snapshots_to_refreeze,
)
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.jobs.queue import add_job
from db.labels import Expression
from db.project.biometrics import Biometrics, Embedding
from db.project.project_folder import Project, open_project
from db.snapshot_folder.manifest import read_snapshot
from db.tables import Adjudication, Base, CrowdVote, ImageBox, ImageLabel, Lease, Skip
from db.tables.annotations import Annotation, SentBack
from db.tables.duplicates import DuplicatePair, Match
from db.tables.erasures import Erasure, Tombstone
from db.tables.guidance import GoldFace, Suggestion
from db.tables.images import Face, Image
from db.tables.jobs import Job, JobLine
from tests.makers import (
    NOW,
    annotate,
    make_annotator,
    make_empty_project,
    make_face,
    make_labelled_project,
    make_pixels,
)

NAME = "Evelyn Marsh"
FILE = "evelyn-on-the-beach.png"
LABELS = [label for label in Expression for _ in range(6)]
ALL = Recipe(targets=dict.fromkeys(Expression, 9))


def plan(project: Project, kind: Kind, value: str) -> ErasurePlan:
    with project.reading() as session:
        return plan_erasure(project, session, kind, value)


def erased(project: Project, kind: Kind, value: str) -> ErasurePlan:
    with project.writing() as session:
        made = plan_erasure(project, session, kind, value)
        erase(project, session, made, None, NOW)
    return made


def make_person(project: Project, session: Session) -> list[int]:
    """Add three faces of one person with something in every table; return their ids."""
    faces = [
        make_face(project, session, seed=seed, subject=name, name=file)
        for seed, name, file in (
            (91, NAME, FILE),
            (92, "evelyn_marsh", "b.png"),
            (93, None, "c.png"),
        )
    ]
    first, second, copy = faces
    for seed, face in zip((91, 92, 93), faces, strict=True):
        session.get_one(Face, face).image.pixels_sha256 = pixel_sha256(make_pixels(seed))
    session.add(
        DuplicatePair(
            first_id=second, second_id=copy, match=Match.LOOK, distance=4, likeness=0.98,
            is_mirrored=False,
        )
    )  # fmt: skip
    for face in faces:
        annotate(session, face, {1: Expression.SAD, 2: Expression.SAD})
    session.flush()
    said = session.scalars(select(Annotation).where(Annotation.face_id == first)).first()
    assert said is not None
    image = session.get_one(Face, first).image_id
    label, later = Expression.SAD, NOW + timedelta(hours=1)
    shares = [1.0, 0, 0, 0, 0, 0, 0]
    session.add_all(
        [
            SentBack(annotation_id=said.id, by_id=1, stored_at=NOW),
            Adjudication(face_id=first, annotator_id=1, label=label, stored_at=NOW),
            GoldFace(face_id=first, label=label, by_id=1, stored_at=NOW),
            Suggestion(
                face_id=first, model="m", label=label, share=1, probabilities=shares, made_at=NOW
            ),
            Lease(face_id=first, annotator_id=1, expires_at=later),
            Skip(face_id=first, annotator_id=1, stored_at=NOW),
            CrowdVote(image_id=image, annotator_id=1, verdict="sad", voters=3, face_id=first),
            ImageLabel(image_id=image, annotator_id=1, box_number=4, label=label),
            ImageBox(image_id=image, number=1, x_min=0, y_min=0, x_max=9, y_max=9),
        ]
    )
    job = add_job(session, "import", {"files": [f"photos/{FILE}"]}, by=None, now=NOW)
    session.get_one(Job, job).result = {"issues": [[FILE, f"shows {NAME}"]]}
    session.add(JobLine(job_id=job, written_at=NOW, text=f"{FILE}: no face found."))
    return faces


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Hold 42 labelled faces of others and three of Evelyn, frozen once."""
    made = make_labelled_project(tmp_path / "project", LABELS, subjects=21)
    with made.writing() as session:
        faces = make_person(made, session)
        session.commit()
        values = np.linspace(0, 1, 128, dtype=np.float32)
        crops = [session.get_one(Face, face).crop_sha256 for face in (1, *faces)]
        Biometrics(made.folder).keep(
            Embedding(face, crop, "m", values * face)
            for face, crop in zip((1, *faces), crops, strict=True)
        )
        steps = freeze(made, session, "set", ALL, now=NOW)
        finished(committing(session, steps))
    yield made
    made.engine.dispose()


def bytes_of(project: Project) -> list[tuple[Path, bytes]]:
    """Read every file of the project but those of frozen snapshots."""
    files = [path for path in project.folder.rglob("*") if path.is_file()]
    return [(p, p.read_bytes()) for p in files if not p.is_relative_to(project.snapshots)]


def holds(project: Project, secret: bytes) -> list[str]:
    return [path.name for path, content in bytes_of(project) if secret in content]


def test_the_plan_says_what_would_go_and_changes_nothing(project: Project) -> None:
    before = {path: content for path, content in bytes_of(project) if path.suffix != ".sqlite-shm"}
    found = plan(project, "subject", "EVELYN  marsh")
    assert (set(found.faces), set(found.copies)) == ({43, 44, 45}, {45})
    assert (len(found.images), len(found.blotted)) == (3, 0)
    assert (found.annotations, found.embeddings) == (6, 3)
    assert [(one.title, one.faces, one.is_newest) for one in found.snapshots] == [
        ("set@1", 3, True)
    ]
    assert {p: c for p, c in bytes_of(project) if p.suffix != ".sqlite-shm"} == before


def test_of_an_erased_person_no_byte_and_no_name_is_left(project: Project) -> None:
    with project.reading() as session:
        people = [session.get_one(Face, face) for face in (43, 44, 45)]
        blobs = [project.crops.read(face.crop_sha256) for face in people]
        blobs += [project.views.read(face.view_sha256) for face in people]
        blobs += [project.images.read(face.image.blob_sha256) for face in people]
        phash = people[0].phash.to_bytes(8, "big", signed=True)
        others = session.scalar(select(func.count()).select_from(Annotation))
    measured = (np.linspace(0, 1, 128, dtype=np.float32) * 43).tobytes()
    secrets = [NAME.encode(), b"evelyn_marsh", FILE.encode(), measured, phash]
    assert all(holds(project, secret) for secret in secrets)
    assert all(holds(project, blob) for blob in blobs)

    erased(project, "subject", NAME)
    project.engine.dispose()

    assert [secret for secret in secrets if holds(project, secret)] == []
    assert [number for number, blob in enumerate(blobs) if holds(project, blob)] == []
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Annotation)) == (others or 0) - 6
        assert session.scalar(select(func.count()).select_from(Face)) == 42
        assert set(Biometrics(project.folder).measured()) == {1}
        for face in session.scalars(select(Face)):
            assert project.crops.read(face.crop_sha256)
            assert project.images.read(face.image.blob_sha256)


def test_no_table_still_names_an_erased_face_or_image(project: Project) -> None:
    images = plan(project, "subject", NAME).images
    erased(project, "subject", NAME)
    gone = {"faces": {43, 44, 45}, "images": images}
    with project.reading() as session:
        for table in Base.metadata.sorted_tables:
            for key in (key for column in table.columns for key in column.foreign_keys):
                assert isinstance(key, ForeignKey)
                named = gone.get(key.column.table.name, set())
                kept = set(session.scalars(select(key.parent)))
                assert not kept & named, f"{table.name}.{key.parent.name}"


def test_what_was_erased_does_not_come_back_by_another_import(project: Project) -> None:
    with project.reading() as session:
        content = project.images.read(session.get_one(Face, 43).image.blob_sha256)
    erased(project, "subject", NAME)
    folder = project.folder.parent / "again"
    folder.mkdir()
    (folder / "same-bytes.png").write_bytes(content)
    (folder / "same-pixels.png").write_bytes(png(make_pixels(91)))
    (folder / "another.png").write_bytes(png(make_pixels(77)))
    choice = SourceChoice("again", "CC0-1.0", holds_crops=True)
    with project.writing() as session:
        steps = import_images(project, session, folder, choice, detector_name="haar", now=NOW)
        report = finished(committing(session, steps))
    assert report.imported == 1
    assert sorted(issue.item for issue in report.issues) == ["same-bytes.png", "same-pixels.png"]
    assert all("was erased on 2026-11-23, at a person's wish" in i.reason for i in report.issues)
    with project.reading() as session:
        newest = session.scalars(select(Face).order_by(Face.id.desc())).first()
        assert newest is not None
        assert newest.id == 46  # ids of erased faces stay theirs


def test_images_of_the_same_pixels_go_too_though_nobody_has_searched_for_duplicates(
    project: Project,
) -> None:
    with project.writing() as session:
        twin = make_face(project, session, seed=94, name="twin.png", pixels=make_pixels(91))
        empty = make_face(project, session, seed=95, name="empty.png", pixels=make_pixels(91))
        for face in (twin, empty):
            session.get_one(Face, face).image.pixels_sha256 = pixel_sha256(make_pixels(91))
        session.flush()
        session.execute(delete(Face).where(Face.id == empty))
        session.commit()
    made = erased(project, "face", "43")
    assert (set(made.faces), set(made.copies), len(made.images)) == ({43, twin}, {twin}, 3)
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Image)) == 44


def test_the_frozen_snapshot_stays_and_gets_a_successor_without_the_person(
    project: Project,
) -> None:
    made = erased(project, "subject", NAME)
    assert {43, 44, 45} <= set(read_snapshot(project.snapshots / "set@1").faces["face_id"])
    with project.reading() as session:
        ((name, recipe),) = snapshots_to_refreeze(session, made)
    with project.writing() as session:
        title = finished(committing(session, freeze(project, session, name, recipe, now=NOW))).title
    assert title == "set@2"
    assert not {43, 44, 45} & set(read_snapshot(project.snapshots / "set@2").faces["face_id"])


def test_an_erasure_that_was_cut_off_is_finished_by_the_next_start(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise OSError("the machine died")

    crop = project.crops.read(_crop(project, 43))
    monkeypatch.setattr(erase_module, "_remove_blobs", die)
    with pytest.raises(OSError, match="the machine died"):
        erased(project, "subject", NAME)
    monkeypatch.undo()
    assert holds(project, crop)
    project.engine.dispose()
    opened = open_project(project.folder)
    with opened.writing() as session:
        assert finish_erasures(opened, session, NOW) == 1
        assert finish_erasures(opened, session, NOW) == 0
    opened.engine.dispose()
    assert [holds(project, secret) for secret in (crop, NAME.encode(), FILE.encode())] == [
        [],
        [],
        [],
    ]


def _crop(project: Project, face_id: int) -> str:
    with project.reading() as session:
        return session.get_one(Face, face_id).crop_sha256


def test_a_face_beside_another_is_blotted_out_and_the_other_one_stays(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path / "project")
    photo = cv2.GaussianBlur(
        np.random.default_rng(3).integers(0, 256, (200, 400, 3), dtype=np.uint8), (0, 0), 3
    )
    with project.writing() as session:
        make_annotator(session, "ann")
        left = make_face(project, session, seed=1, pixels=np.asarray(photo), name="two.png")
        face = session.get_one(Face, left)
        face.x_min, face.y_min, face.x_max, face.y_max = 20, 50, 100, 150
        right = Face(
            image_id=face.image_id, x_min=280, y_min=50, x_max=360, y_max=150, landmarks=None,
            detector="none", confidence=1, quality={}, crop_sha256=project.crops.put(b"right"),
            view_sha256=project.views.put(jpeg(make_pixels(5))), phash=1, phash_mirrored=1,
            found_at=NOW,
        )  # fmt: skip
        session.add(right)
        session.flush()
        kept = right.id
        annotate(session, kept, {1: Expression.HAPPY})
        session.commit()
    made = erased(project, "face", str(left))
    assert (set(made.faces), len(made.images), len(made.blotted)) == ({left}, 0, 1)
    with project.reading() as session:
        (face,) = session.scalars(select(Face))
        assert face.id == kept
        (image,) = session.scalars(select(Image))
        stored = cv2.imdecode(
            np.frombuffer(project.images.read(image.blob_sha256), np.uint8), cv2.IMREAD_COLOR_RGB
        )
        assert stored is not None
        assert (stored[50:150, 20:100] == 128).all()
        np.testing.assert_array_equal(stored[:, 300:], photo[:, 300:])
        assert project.crops.read(face.crop_sha256)
        assert session.scalar(select(func.count()).select_from(Annotation)) == 1
        assert len(list(project.images.folder.rglob("*/*"))) == 1
        assert session.get(Tombstone, image.sha256) is not None


def test_a_source_goes_with_all_its_images_and_its_name(project: Project) -> None:
    made = erased(project, "source", "drawn")
    assert (len(made.faces), len(made.copies)) == (45, 0)
    assert holds(project, b"drawn") == []
    with project.reading() as session:
        assert session.scalar(select(func.count()).select_from(Image)) == 0
        (erasure,) = session.scalars(select(Erasure))
        assert (erasure.kind, erasure.blobs, erasure.finished_at) == ("source", [], NOW)


@pytest.mark.parametrize(
    ("kind", "value"), [("subject", "nobody"), ("subject", "?"), ("face", "999"), ("image", "x")]
)
def test_what_is_not_there_is_said_in_a_sentence(project: Project, kind: Kind, value: str) -> None:
    with pytest.raises(CuratorError, match=f"There is no {kind} .* so nothing was erased"):
        plan(project, kind, value)
