"""What a reviewer sees of the faces, and of one of them at each step of the pre-processing."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Html

from curator.app.common.pages import PAGES
from curator.app.faces.faces_page import _ENDS
from curator.steps.faces.list_faces import MEASURES
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.images import Face
from tests.app.common.test_pages import page_of
from tests.makers import annotate, make_annotator, make_empty_project, make_face

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Face 1 is small, face 2 is turned away and settled as sad, face 3 is good."""
    made = make_empty_project(tmp_path / "project")
    qualities = [{"size_px": 20.0}, {"size_px": 90.0, "yaw_degrees": 80.0}, {"size_px": 80.0}]
    with made.writing() as session:
        ann, bob = make_annotator(session, "ann"), make_annotator(session, "bob")
        for seed, quality in enumerate(qualities, start=1):
            face_id = make_face(made, session, seed=seed, name=f"photo_[{seed}].png")
            session.get_one(Face, face_id).quality = dict(quality)
        annotate(session, 2, {ann: Expression.SAD, bob: Expression.SAD})
        session.commit()
    return made


def open_page(name: str, project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return page_of(project, next(page for page in PAGES if page.name == name), monkeypatch)


def listed(app: AppTest) -> list[int]:
    """List the faces of the grid, in order."""
    return [int(label.split("]")[0].removeprefix("![face ")) for label in app.pills[0].options]


def html(app: AppTest) -> str:
    return "".join(part.body for part in app.get("html") if isinstance(part, Html))


def test_every_measure_with_a_highest_value_has_a_slider() -> None:
    both = {key for key, measure in MEASURES.items() if measure.bounds.high < float("inf")}
    assert both == set(_ENDS)


def test_all_faces_come_the_newest_first_and_are_counted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("faces", project, monkeypatch)
    assert listed(app) == [3, 2, 1]
    said = [markdown.value for markdown in app.markdown]
    assert any("**1** of **3** faces meet the thresholds." in text for text in said)
    assert app.pills[0].options[0] == r"![face 3](/api/views/3) photo_\[3\]\.png"


def test_faces_are_parted_by_the_thresholds(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("faces", project, monkeypatch)
    app.segmented_control("faces.thresholds").select("below a threshold").run()
    assert listed(app) == [2, 1]
    app.checkbox("faces.counts.yaw_degrees").uncheck().run()
    assert listed(app) == [1]
    app.number_input("faces.threshold.size_px").set_value(85.0).run()
    assert listed(app) == [3, 1]
    app.segmented_control("faces.thresholds").select("at or above all thresholds").run()
    assert listed(app) == [2]


def test_the_worst_come_first_with_their_measure(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("faces", project, monkeypatch)
    app.selectbox("faces.order").select("size_px").run()
    assert listed(app) == [1, 3, 2]
    assert app.pills[0].options[0].endswith(r" **20** px · photo_\[1\]\.png")
    app.selectbox("faces.order").select("yaw_degrees").run()
    assert [label.split(")")[1].split("·")[0].strip() for label in app.pills[0].options] == [
        "**80** degrees",
        "not measured",
        "not measured",
    ]


def test_faces_are_chosen_by_label_and_source(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("faces", project, monkeypatch)
    app.selectbox("faces.label").select("settled").run()
    assert listed(app) == [2]
    app.selectbox("faces.label").select("not settled").run()
    assert app.info[0].value == "No face is like that. Choose otherwise above."
    app.selectbox("faces.label").select("none").run()
    app.selectbox("faces.source").select("drawn").run()
    assert listed(app) == [3, 1]


def test_a_face_is_looked_at_closely_and_then_the_one_beside_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("faces", project, monkeypatch)
    app.pills("faces.grid").select(app.pills[0].options[1]).run()
    assert not app.exception
    assert "Face 2, 2 of 3 on this page" in [caption.value for caption in app.caption]
    assert "/api/images/2" in html(app)
    assert "2 annotations, most say sad" in html(app)
    assert "<b>80</b> degrees" in html(app)
    app.button("faces.next").click().run()
    assert "/api/images/1" in html(app)
    assert "good from 40" in html(app)
    assert app.button("faces.next").disabled


def test_a_face_is_shown_at_each_step_side_by_side(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("preprocessing", project, monkeypatch)
    assert app.number_input("preprocessing.face").value == 3
    assert app.button("preprocessing.next").disabled
    body = html(app)
    assert body.count("data:image/png;base64,") == 6
    assert "/media" not in body
    assert "min 0 · max 255" in body
    assert "multiplied by 255 / 130" in app.markdown[-1].value


def test_the_face_is_chosen_by_number_or_step_by_step(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("preprocessing", project, monkeypatch)
    app.button("preprocessing.previous").click().run()
    assert app.number_input("preprocessing.face").value == 2
    app.number_input("preprocessing.face").set_value(7).run()
    assert app.info[0].value == "There is no face 7. The newest is face 3."
    app.button("preprocessing.previous").click().run()
    assert app.number_input("preprocessing.face").value == 3


@pytest.mark.parametrize(("asked", "shown"), [("1", 1), ("0", 3), ("x", 3), ("9" * 40, 3)])
def test_a_link_may_name_the_face(
    project: Project, monkeypatch: pytest.MonkeyPatch, asked: str, shown: int
) -> None:
    app = open_page("faces", project, monkeypatch)
    app.query_params["face"] = asked
    page = next(page for page in PAGES if page.name == "preprocessing")
    app.switch_page(page.path).run()
    assert app.number_input("preprocessing.face").value == shown
