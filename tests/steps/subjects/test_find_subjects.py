"""With dlib's own nets, on photos whose persons are drawn."""

import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from curator.core.snapshots.recipe import PRESETS
from curator.core.subjects.clustering import SubjectRule
from curator.errors import CuratorError
from curator.steps.importing.import_images import SourceChoice
from curator.steps.importing.run_import import run_import
from curator.steps.process_pool import Workers
from curator.steps.snapshots.freeze_snapshot import freeze
from curator.steps.subjects import embed_faces
from curator.steps.subjects import find_subjects as module
from curator.steps.subjects.consent import allow_subjects, forget_subjects
from curator.steps.subjects.find_subjects import SubjectsReport, find_subjects
from db.jobs.progress import Steps, committing, finished
from db.labels import Expression
from db.project.biometrics import Biometrics
from db.project.project_folder import Project, open_project
from db.tables.duplicates import FoundSubject
from db.tables.images import Face, Image
from tests.makers import NOW, make_empty_project, make_face, make_labelled_project, make_pixels

pytestmark = pytest.mark.slow

PHOTOS = Path(__file__).parents[3] / "sample_data" / "photos"
RED_HAIRED = ("portrait_0077.jpg", "portrait_0139.jpg", "portrait_0243.jpg")
VEILED = ("portrait_0090.jpg", "portrait_0098.jpg", "portrait_0209.jpg")
TIES_ALL = SubjectRule(reach=9, min_likeness=0.01)


def search(
    project: Project, rule: SubjectRule | None = None, workers: Workers | None = None
) -> SubjectsReport:
    with project.writing() as session:
        steps = find_subjects(project, session, rule or SubjectRule(), executor=workers)
        return finished(committing(session, steps))


def allow(project: Project) -> None:
    with project.writing() as session:
        allow_subjects(session, None, NOW)
        session.commit()


def change(project: Project, action: Callable[[Session], object]) -> None:
    with project.writing() as session:
        action(session)
        session.commit()


def found(project: Project) -> dict[str, set[str]]:
    """Return the names of the images that show each found subject."""
    query = (
        select(FoundSubject.subject, Image.name)
        .join(Face, Face.id == FoundSubject.face_id)
        .join(Image, Image.id == Face.image_id)
    )
    subjects: dict[str, set[str]] = {}
    with project.reading() as session:
        for subject, name in session.execute(query):
            subjects.setdefault(subject, set()).add(name)
    return subjects


@pytest.fixture(scope="module")
def photographed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three photos of each of two persons, measured and grouped."""
    folder = tmp_path_factory.mktemp("photographed")
    (folder / "photos").mkdir()
    for name in (*RED_HAIRED, *VEILED):
        shutil.copy(PHOTOS / name, folder / "photos")
    project = make_empty_project(folder / "project")
    finished(run_import(project, folder / "photos", SourceChoice("drawn", "CC0-1.0")))
    allow(project)
    with Workers(2) as workers:
        report = search(project, workers=workers)
    assert report == SubjectsReport(
        faces=6, measured=6, dropped=0, subjects=2, tied=6, largest=3, issues=()
    )
    project.engine.dispose()
    return project.folder


@pytest.fixture
def project(photographed: Path, tmp_path: Path) -> Project:
    shutil.copytree(photographed, tmp_path / "project")
    return open_project(tmp_path / "project")


@pytest.fixture
def patches(tmp_path: Path) -> Project:
    """A project with three faces that show nobody, not measured yet."""
    made = make_empty_project(tmp_path / "patches")
    with made.writing() as session:
        for seed in (1, 2, 3):
            make_face(made, session, seed=seed)
        session.commit()
    allow(made)
    return made


def test_photos_of_one_person_become_one_subject(project: Project) -> None:
    assert found(project) == {"p00001": set(RED_HAIRED), "p00002": set(VEILED)}


def test_a_second_search_measures_nothing_and_finds_the_same(project: Project) -> None:
    before = found(project)
    assert search(project).measured == 0
    assert found(project) == before


def test_only_new_faces_are_measured_and_all_are_grouped_anew(project: Project) -> None:
    change(project, lambda session: make_face(project, session, seed=1, name="patch"))
    report = search(project, TIES_ALL)
    assert (report.faces, report.measured, report.subjects, report.tied) == (7, 1, 1, 7)
    assert found(project) == {"p00001": {*RED_HAIRED, *VEILED, "patch"}}


def test_what_a_source_tells_apart_is_never_tied(project: Project) -> None:
    def tell(session: Session) -> None:
        for face in session.scalars(select(Face)).all():
            face.subject = {RED_HAIRED[0]: "Eva", VEILED[0]: "Ann"}.get(face.image.name)

    change(project, tell)
    search(project, TIES_ALL)
    subjects = found(project)
    assert set().union(*subjects.values()) == {*RED_HAIRED, *VEILED}
    assert not any({RED_HAIRED[0], VEILED[0]} <= names for names in subjects.values())


def test_what_sources_tell_is_not_found_again(project: Project) -> None:
    def tell(session: Session) -> None:
        for face in session.scalars(select(Face)).all():
            face.subject = " EVA" if face.image.name == RED_HAIRED[0] else "eva"

    change(project, tell)
    assert search(project, TIES_ALL).subjects == 0
    assert found(project) == {}


def test_the_embedding_of_a_face_that_is_gone_is_deleted_by_the_next_search(
    project: Project,
) -> None:
    change(project, lambda session: session.execute(delete(Face).where(Face.id == 1)))
    report = search(project)
    assert (report.faces, report.dropped, report.measured) == (5, 1, 0)
    assert Biometrics(project.folder).embeddings()[0] == [2, 3, 4, 5, 6]


def test_a_face_that_was_cut_anew_is_measured_anew(project: Project) -> None:
    def cut(session: Session) -> None:
        session.get_one(Face, 1).crop_sha256 = "0" * 64

    change(project, cut)
    report = search(project)
    assert (report.dropped, report.measured) == (1, 1)
    assert Biometrics(project.folder).measured()[1] == ("0" * 64, embed_faces.METHOD)


def test_the_same_view_gives_the_same_numbers() -> None:
    view = make_pixels(3, 150)
    first, again = embed_faces.embedding(view), embed_faces.embedding(view)
    assert len(first) == 128
    assert np.array_equal(first, again)


def test_a_view_that_is_lost_is_named_and_the_others_are_measured(patches: Project) -> None:
    with patches.reading() as session:
        patches.views.path(session.get_one(Face, 2).view_sha256).unlink()
    report = search(patches)
    assert report.measured == 2
    (issue,) = report.issues
    assert (issue.item, issue.reason[:23]) == ("2.png", "its view cannot be read")
    assert Biometrics(patches.folder).embeddings()[0] == [1, 3]


def test_a_search_that_was_stopped_goes_on_where_it_was(
    patches: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_FACES", 1)
    with patches.writing() as session:
        steps = committing(session, find_subjects(patches, session, SubjectRule()))
        assert [next(steps).done for _ in range(3)] == [0, 1, 2]
        steps.close()
    assert Biometrics(patches.folder).count() == 2
    assert search(patches).measured == 1


def stopped_by(patches: Project, steps: Steps[SubjectsReport]) -> None:
    with patches.writing() as session:
        forget_subjects(patches, session, None, NOW)
        session.commit()
    with pytest.raises(CuratorError, match="switched off"):
        finished(steps)


def test_nothing_is_kept_of_a_search_that_is_at_work_while_all_is_forgotten(
    patches: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH_FACES", 1)
    with patches.writing() as session:
        steps = committing(session, find_subjects(patches, session, SubjectRule()))
        next(steps)
        next(steps)
        stopped_by(patches, steps)
    assert not Biometrics(patches.folder).file.exists()
    assert found(patches) == {}


def test_a_project_that_does_not_allow_it_measures_nothing(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    change(project, lambda session: make_face(project, session, seed=1))
    with pytest.raises(CuratorError, match="switched off in this project"):
        search(project)
    assert not Biometrics(project.folder).file.exists()


@pytest.mark.parametrize("missing", ["dlib", "face_recognition_models"])
def test_missing_packages_are_said_with_how_to_install_them(
    patches: Project, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(
        "curator.steps.subjects.embed_faces.find_spec",
        lambda name: None if name == missing else find_spec(name),
    )
    with pytest.raises(CuratorError, match=r'-m pip install "fer-curator\[subjects\]"'):
        search(patches)


def test_an_empty_project_has_no_subjects(tmp_path: Path) -> None:
    project = make_empty_project(tmp_path)
    allow(project)
    assert search(project) == SubjectsReport(0, 0, 0, 0, 0, 0, ())


def test_no_snapshot_holds_what_was_measured(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", list(Expression))
    allow(project)
    search(project, TIES_ALL)
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["even"], now=NOW)
        report = finished(committing(session, steps))
    files = [path for path in (project.folder / report.folder).rglob("*") if path.is_file()]
    _, embeddings = Biometrics(project.folder).embeddings()
    assert len(embeddings) == 7
    assert len(files) > 7
    told = b"".join(path.read_bytes() for path in files)
    assert b"p00001" not in told
    assert not any(row.tobytes() in told for row in embeddings)
