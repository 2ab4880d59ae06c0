"""What an owner chooses on the Snapshots page."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from curator.app.common.pages import PAGES
from curator.core.snapshots.recipe import PRESETS
from curator.steps.project.settings import settings
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.images import Face
from db.tables.jobs import Job, JobState
from db.tables.settings import Order
from db.tables.snapshots import StoredSnapshot
from tests.app.common.test_pages import page_of
from tests.makers import NOW, annotate, make_annotator, make_labelled_project

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Two faces a label; face 1, angry, is small, of face 3, disgust, one of three says sad."""
    labels = [label for label in Expression for _ in range(2)]
    made = make_labelled_project(tmp_path / "project", labels, subjects=7)
    with made.writing() as session:
        session.execute(update(Face).where(Face.id == 1).values(quality={"size_px": 20.0}))
        annotate(session, 3, {make_annotator(session, "eve"): Expression.SAD})
        session.commit()
    return made


@pytest.fixture
def app(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    page = next(page for page in PAGES if page.name == "snapshot")
    return page_of(project, page, monkeypatch)


def test_without_targets_the_shortest_label_is_said_and_what_holds_it_down(app: AppTest) -> None:
    app.selectbox("snapshot.preset").select("even").run()
    app.toggle("snapshot.quality").set_value(True).run()
    assert app.subheader[0].value == "7 faces would be frozen"
    assert "angry has the fewest settled faces of good quality" in app.info[0].value
    assert app.button("snapshot.drop.quality.size_px").label == "Drop the quality: size: 7 more"


def test_a_floor_that_is_dropped_leaves_the_choices(app: AppTest) -> None:
    app.toggle("snapshot.quality").set_value(True).run()
    app.number_input("snapshot.agreement").set_value(80).run()
    app.number_input("snapshot.per_subject").set_value(1).run()
    assert app.subheader[0].value == "7 faces would be frozen"
    app.button("snapshot.drop.subject.").click().run()
    assert app.number_input("snapshot.per_subject").value is None
    assert app.subheader[0].value == "12 faces would be frozen"
    app.button("snapshot.drop.agreement.").click().run()
    assert app.number_input("snapshot.agreement").value == 0
    app.button("snapshot.drop.quality.size_px").click().run()
    assert "size_px" not in app.multiselect("snapshot.floors").value
    assert app.subheader[0].value == "14 faces would be frozen"


def test_what_is_frozen_and_sent_is_the_recipe_shown(app: AppTest, project: Project) -> None:
    app.selectbox("snapshot.preset").select("own counts").run()
    app.number_input("snapshot.target.happy").set_value(1).run()
    app.number_input("snapshot.per_subject").set_value(2).run()
    app.checkbox("snapshot.leaky").check().run()
    assert any("come out too high" in warning.value for warning in app.warning)
    app.button("snapshot.send").click().run()
    with project.reading() as session:
        assert settings(session).order is Order.NEED
        (job,) = session.scalars(select(Job))
    assert job.kind == "order"
    assert job.arguments["recipe"]["targets"]["happy"] == 1
    assert job.arguments["recipe"]["max_per_subject"] == 2
    assert job.arguments["recipe"]["splits"] == "leaky, for comparison"


def test_targets_scaled_down_are_kept_as_own_counts(app: AppTest) -> None:
    app.button("snapshot.scale").click().run()
    assert app.selectbox("snapshot.preset").value == "own counts"
    assert app.number_input("snapshot.target.happy").value == 2
    assert not app.warning


def frozen(project: Project) -> StoredSnapshot:
    with project.writing() as session:
        steps = freeze(project, session, "set", PRESETS["even"], now=NOW)
        report = finished(committing(session, steps))
        return session.get_one(StoredSnapshot, report.snapshot_id)


def test_figures_of_the_chosen_faces_are_shown_when_asked_for(app: AppTest) -> None:
    before = len(app.dataframe)
    app.toggle("snapshot.figures").set_value(True).run()
    assert len(app.dataframe) == before + 2
    shown = [set(table.value.columns) for table in app.dataframe]
    assert {"label", "faces", "votes", "share", "single"} in shown


def test_a_check_for_leaks_is_asked_for_and_shown_while_the_recipe_is_the_same(
    app: AppTest, project: Project
) -> None:
    app.button[-1].click().run()
    with project.writing() as session:
        (job,) = session.scalars(select(Job))
        assert job.kind == "check"
        leaks = ["Same subject: 2 pairs of faces cross a split."]
        job.result = {**job.arguments, "faces": 14, "pairs": 60, "leaks": leaks}
        job.state, job.finished_at = JobState.DONE, NOW
        session.commit()
    app.run()
    assert any(leaks[0] in warning.value for warning in app.warning)
    app.number_input("snapshot.seed").set_value(5).run()
    assert not any(leaks[0] in warning.value for warning in app.warning)


def test_a_frozen_snapshot_shows_its_card_and_is_compared_with_what_was_frozen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = frozen(project)
    page = next(page for page in PAGES if page.name == "snapshot")
    app = page_of(project, page, monkeypatch)
    assert any("## Known gaps" in markdown.value for markdown in app.markdown)
    app.button("snapshot.verify").click().run()
    assert [line.value for line in app.success] == ["set@1 is as it was frozen, byte for byte."]
    (project.folder / stored.folder / "extra.txt").write_text("mine")
    app.button("snapshot.verify").click().run()
    assert [line.value for line in app.error] == ["- extra.txt does not belong to the snapshot"]


def test_an_export_is_offered_as_a_download_and_as_a_job(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = frozen(project)
    page = next(page for page in PAGES if page.name == "snapshot")
    app = page_of(project, page, monkeypatch)
    app.selectbox("export.labels").select("shares of its votes too").run()
    assert app.error[0].value.startswith("This format has one label a face")
    app.selectbox("export.format").select("csv").run()
    app.selectbox("export.pixels").select("cut again, grey").run()
    app.number_input("export.side").set_value(48).run()
    app.button("export.job").click().run()
    with project.reading() as session:
        (job,) = session.scalars(select(Job))
    assert job.arguments == {
        "snapshot_id": stored.id,
        "format": "csv",
        "choices": {"labels": "soft", "pixels": "grey", "side_px": "48"},
    }
