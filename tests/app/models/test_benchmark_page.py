"""The results on the benchmark page, tab by tab."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Html

from curator.app.common.pages import PAGES
from db.project.project_folder import Project, open_project
from db.run_folder.figures import read_figures, store_figures
from db.run_folder.results import RunResult, RunState, write_run
from db.run_folder.run_files import attention_file
from db.run_folder.study_figures import Leak
from db.tables.jobs import Job
from tests.app.benchmarked import RUN, first_tested, frozen, make_benchmarked_project
from tests.app.common.test_pages import page_of
from tests.trainer.makers import make_crop, make_run

pytestmark = pytest.mark.slow


@pytest.fixture
def project(benchmarked: Project, tmp_path: Path) -> Project:
    """A copy that a test may change."""
    shutil.copytree(benchmarked.folder, tmp_path / "project")
    return open_project(tmp_path / "project")


@pytest.fixture(scope="module")
def benchmarked(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Made once, since it takes a second."""
    return make_benchmarked_project(tmp_path_factory.mktemp("benchmarked") / "project")


def open_page(project: Project, monkeypatch: pytest.MonkeyPatch, tab: str = "") -> AppTest:
    app = page_of(project, next(page for page in PAGES if page.name == "benchmark"), monkeypatch)
    if tab:
        app.session_state["benchmark.tabs.1"] = tab
        app.run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    return "\n".join(one.value for one in [*app.markdown, *app.caption, *app.info])


def pictures_of(app: AppTest) -> str:
    return "".join(html.body for html in app.get("html") if isinstance(html, Html))


def shown_in(app: AppTest) -> set[int]:
    return {int(face_id) for face_id in re.findall(r"alt='face (\d+)'", pictures_of(app))}


def test_both_tables_stand_above_the_verdict_and_say_what_they_rest_on(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page(project, monkeypatch)

    assert app.dataframe[0].value["net"].tolist() == ["AlexNet", "Xception"]
    assert app.dataframe[1].value["classifier"].tolist() == ["SVM"]
    assert "Not distinguishable from it on these test faces: AlexNet with svm." in text_of(app)
    assert any("preset tiny, seed 0" in caption.value for caption in app.caption)


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("Learning curves", "preset tiny"),
        ("Confusion", "Test faces."),
        ("Calibration", "Expected calibration error"),
        ("By source, agreement, quality", "By agreement"),
        ("Right and wrong", "1 face"),
        ("Leaked vs honest", "Ask for the leaked figure"),
        ("Sources", "Ask for the study of sources"),
        ("Seeds, labels, people", "preset tiny"),
        ("Downloads", "Pages and pictures are written when a run has ended."),
    ],
)
def test_a_tab_shows_its_own(
    tab: str, said: str, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said in text_of(open_page(project, monkeypatch, tab))


def test_wrong_faces_are_shown_as_frozen_and_the_right_ones_by_label(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = frozen(project)
    rows = snapshot.faces.set_index("face_id")
    wrong = first_tested(snapshot)
    app = open_page(project, monkeypatch, "Right and wrong")

    assert str(rows.loc[wrong, "crop_sha256"]) in pictures_of(app)
    app.selectbox("benchmark.faces.which").select("right").run()
    right = rows[rows["split"] == "test"].index.difference([wrong])
    assert shown_in(app) == set(right)
    label = rows.loc[right[0], "label"]
    app.selectbox("benchmark.faces.label").select(label).run()
    assert shown_in(app) == {face for face in right if rows.loc[face, "label"] == label}


def test_a_click_asks_where_the_net_looks_and_the_picture_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    face_id = first_tested(frozen(project))
    app = open_page(project, monkeypatch, "Right and wrong")
    app.button("benchmark.attention.1").click().run()
    with project.reading() as session:
        (job,) = session.scalars(select(Job))
    assert job.kind == "attention"
    assert job.arguments == {"run_id": 1, "net": "Xception", "face_id": face_id}

    path = attention_file(project.folder / RUN, "Xception", face_id)
    path.parent.mkdir(parents=True)
    path.write_bytes(make_crop("sad", 1))
    app.run()
    assert "benchmark.attention.1" not in {button.key for button in app.button}


def test_the_leaked_figure_stands_beside_the_honest_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = read_figures(project.folder / RUN)
    assert figures is not None
    honest = figures.cells[0].accuracy
    leak = Leak("All crossed.", honest, replace(honest, value=1.0, interval=None), honest)
    store_figures(project.folder / RUN, replace(figures, leak=leak))

    told = text_of(open_page(project, monkeypatch, "Leaked vs honest"))

    assert "All crossed." in told
    assert "Leaked: **100.0 % (no interval" in told


def test_a_run_at_work_shows_its_curves_and_one_that_was_stopped_says_what_is_missing(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project.folder / RUN
    (folder / "figures.json").unlink()
    run: RunResult = make_run(state=RunState.RUNNING, cells=())
    write_run(folder, run)
    assert "Learning curves" in [one.value for one in open_page(project, monkeypatch).subheader]

    write_run(folder, make_run(state=RunState.CANCELLED))
    told = text_of(open_page(project, monkeypatch, "Calibration"))
    assert "this one was stopped before" in told
