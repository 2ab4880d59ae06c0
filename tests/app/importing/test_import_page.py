"""What an owner does on the import page, up to the job that it asks for, and its outcome."""

import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Html

from curator.app.common.pages import PAGES
from curator.app.importing import import_preview
from curator.app.importing import import_state as import_reading
from curator.steps.images.image_codec import png
from curator.steps.importing.preview_collection import preview_collection
from db.jobs.queue import add_job, newest_job
from db.project.project_folder import Project
from db.tables.jobs import Job, JobState
from tests.app.common.test_pages import page_of
from tests.makers import NOW, make_empty_project, make_face, make_pixels

pytestmark = pytest.mark.slow


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_empty_project(tmp_path / "project")


@pytest.fixture
def app(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    return open_page(project, monkeypatch)


def open_page(project: Project, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    app = page_of(project, next(page for page in PAGES if page.name == "import"), monkeypatch)
    assert not app.exception
    return app


def crop(seed: int) -> bytes:
    return png(make_pixels(seed, 50))


def packed(files: Mapping[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, file in files.items():
            archive.writestr(name, file)
    return content.getvalue()


ODD = {
    **{f"set/HAPPINESS/{n}.png": crop(n) for n in (1, 2)},
    **{f"set/grief/{n}.png": crop(n) for n in (3, 4, 5)},
    "set/awe/6.png": crop(6),
    "set/fear/7.png": crop(7),
}


def bring(app: AppTest, name: str, content: bytes, *label_files: tuple[str, bytes]) -> AppTest:
    """Drop a file, with its label files, and look at it."""
    app.file_uploader[0].set_value([(name, content, "application/octet-stream")])
    if label_files:
        app.file_uploader[1].set_value([(*label_file, "text/csv") for label_file in label_files])
    app.run()
    return event(app, "import.look")


def event(app: AppTest, key: str) -> AppTest:
    app.button(key).click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    """Join what stands on the page as text."""
    parts = [*app.markdown, *app.caption, *app.error, *app.warning, *app.info, *app.success]
    tables = [part.body for part in app.get("html") if isinstance(part, Html)]
    return "\n".join([*(part.value for part in parts), *tables])


def asked_for(project: Project) -> dict[str, Any] | None:
    """Return the arguments of the newest import, if one was asked for."""
    with project.reading() as session:
        job = newest_job(session, ("import",))
    return None if job is None else job.arguments


def uploads(project: Project) -> list[str]:
    return sorted(path.name for path in project.uploads.glob("*"))


def test_what_is_dropped_is_looked_at_before_anything_is_stored(
    app: AppTest, project: Project
) -> None:
    bring(app, "lab.zip", packed(ODD))
    text = said(app)
    assert "**lab\\.zip** · nothing of it is stored yet" in text
    assert "Read as **Folders by label**: **7** images · **7** labels" in text
    assert "Understood: HAPPINESS as happy (2), fear (1)." in text
    assert "**2 names mean none of the seven labels.**" in text
    assert text.count("data:image/jpeg;base64,") == 7
    assert app.segmented_control("import.crops.recognised").value is True
    assert "commonest size is 50 x 50 px" in text.replace("\\", "")
    assert asked_for(project) is None
    assert len(uploads(project)) == 1


def test_names_are_mapped_once_and_the_import_is_asked_for(app: AppTest, project: Project) -> None:
    bring(app, "lab.zip", packed(ODD))
    assert app.selectbox("import.meaning.grief").label == "grief (3 times)"
    app.selectbox("import.meaning.grief").select("sad")
    app.selectbox("import.meaning.awe").select("-")
    app.text_input("import.terms.None").input("ours").run()
    event(app, "import.import")
    asked = asked_for(project)
    assert asked is not None
    assert asked.pop("origin").endswith("/photos/lab.zip")
    assert asked == {
        "legends": [],
        "urls": [],
        "source": "lab",
        "terms": "ours",
        "subject_pattern": "",
        "detector": "yunet",
        "layout": None,
        "label_names": {"grief": "sad", "awe": "-"},
        "columns": {},
        "holds_crops": True,
    }
    assert app.button("import.look").disabled, "the next one can be brought"


def test_a_source_needs_a_name_and_terms(app: AppTest, project: Project) -> None:
    bring(app, "lab.zip", packed(ODD))
    event(app, "import.import")
    assert app.error[0].value == "Still to say: the source's terms of use."
    app.text_input("import.source").input(" ").run()
    event(app, "import.import")
    assert app.error[0].value == "Still to say: the source's name and its terms of use."
    assert asked_for(project) is None


def test_a_source_that_is_there_keeps_its_terms(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with project.writing() as session:
        make_face(project, session, seed=90)
        session.commit()
    app = open_page(project, monkeypatch)
    bring(app, "lab.zip", packed(ODD))
    app.text_input("import.source").input("drawn").run()
    terms = app.text_input("import.terms.of.drawn")
    assert (terms.value, terms.disabled) == ("CC0-1.0", True)
    assert "This source is there" in said(app)


def test_what_is_discarded_leaves_nothing_behind(app: AppTest, project: Project) -> None:
    bring(app, "lab.zip", packed(ODD))
    event(app, "import.discard")
    assert uploads(project) == []
    assert app.file_uploader
    assert asked_for(project) is None


def test_what_lay_about_for_a_day_is_swept_when_something_new_comes(
    app: AppTest, project: Project
) -> None:
    (project.uploads / "abandoned").mkdir(parents=True)
    os.utime(project.uploads / "abandoned", (0, 0))
    bring(app, "lab.zip", packed(ODD))
    assert "abandoned" not in uploads(project)
    assert len(uploads(project)) == 1


def test_what_was_swept_meanwhile_is_said(app: AppTest, project: Project) -> None:
    bring(app, "lab.zip", packed(ODD))
    for kept in project.uploads.glob("*/photos/lab.zip"):
        kept.unlink()
    app.run()
    assert app.error[0].value.startswith("It was removed after a day without an import.")


def test_it_is_looked_at_anew_only_when_it_is_read_otherwise(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool | None] = []

    def look(*arguments: Any) -> Any:
        looked.append(arguments[2].holds_crops)
        return preview_collection(*arguments)

    monkeypatch.setattr(import_reading, "preview_collection", look)
    bring(app, "lab.zip", packed(ODD))
    assert looked == [None]
    app.text_input("import.source").input("other").run()
    app.selectbox("import.meaning.grief").select("sad").run()
    assert looked == [None]
    app.segmented_control("import.crops.recognised").select(False).run()
    assert looked == [None, False]
    app.selectbox("import.layout").select("photos").run()
    assert looked == [None, False, None]
    assert "Read as **Plain photos**: **7** images" in said(app)


def test_columns_that_go_by_no_usual_name_are_chosen(app: AppTest, project: Project) -> None:
    photos = packed({f"{n}.png": crop(n) for n in (1, 2)})
    label_file = ("who.csv", b"pic;felt;by\n1.png;joy;eva\n2.png;awe;eva\n")
    bring(app, "lab.zip", photos, label_file)
    assert "Which columns tell the image and its label?" in said(app)
    assert "who.csv needs a column for the image" in said(app)
    for thing, title in (("image", "pic"), ("label", "felt"), ("annotator", "by")):
        app.selectbox(f"import.column.{thing}").select(title).run()
    assert "**2** images · **2** labels · **1** annotators" in said(app)
    app.selectbox("import.meaning.awe").select("surprise")
    app.text_input("import.terms.None").input("ours").run()
    event(app, "import.import")
    asked = asked_for(project)
    assert asked is not None
    assert asked["columns"] == {"image": "pic", "label": "felt", "annotator": "by"}
    assert asked["label_names"] == {"awe": "surprise"}
    assert [Path(label_file).name for label_file in asked["legends"]] == ["who.csv"]


def test_what_cannot_be_read_says_why_and_can_be_read_otherwise(app: AppTest) -> None:
    bring(app, "lab.zip", packed(ODD))
    app.text_input("import.pattern").input("(").run()
    assert "cannot be read" in app.error[0].value
    app.text_input("import.pattern").input(r"^(\d)$").run()
    assert not app.error
    assert "**7** subjects" in said(app)


def test_a_missing_detector_is_said_beside_the_choice(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_preview, "why_missing", lambda name: f"No {name} here.")
    bring(app, "lab.zip", packed(ODD))
    assert r"No yunet here\." in said(app)


def test_what_holds_no_images_cannot_be_imported(app: AppTest) -> None:
    bring(app, "lab.zip", packed({"notes.txt": b"none"}))
    assert app.button("import.import").disabled
    assert "It holds no images." in said(app)


def test_a_folder_on_the_server_is_named_by_its_path(
    app: AppTest, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "kdef").mkdir()
    (tmp_path / "kdef" / "a.png").write_bytes(crop(1))
    app.segmented_control("import.way").select("On the server").run()
    app.text_input[0].input("kdef").run()
    event(app, "import.look")
    assert app.error[0].value.startswith("Expected the whole path")
    app.text_input[0].input(str(tmp_path / "kdef")).run()
    event(app, "import.look")
    assert "**kdef** · nothing of it is stored yet" in said(app)
    app.text_input("import.terms.None").input("ours").run()
    event(app, "import.import")
    asked = asked_for(project)
    assert asked is not None
    assert asked["origin"] == str(tmp_path / "kdef")


def test_the_web_is_asked_only_when_somebody_says_so(app: AppTest, project: Project) -> None:
    app.segmented_control("import.way").select("From the web").run()
    app.text_area[0].input("https://example.org/a.jpg").run()
    assert app.button("import.look").disabled
    app.checkbox[0].check().run()
    event(app, "import.look")
    app.text_input("import.source").input("web").run()
    app.text_input("import.terms.None").input("unknown").run()
    event(app, "import.import")
    asked = asked_for(project)
    assert asked is not None
    assert (asked["urls"], asked["origin"]) == (["https://example.org/a.jpg"], "")


def test_what_came_of_it_is_told_with_the_reasons(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    issues = [{"item": f"{n}.jpg", "reason": "no face found."} for n in range(3)]
    store_result(
        project,
        {
            "imported": 1_200,
            "known": 3,
            "faces": 1_199,
            "without_face": 3,
            "labels": 7,
            "labels_placed": 6,
            "layout": "photos",
            "detector": "yunet",
            "holds_crops": False,
            "issues": issues,
        },
    )
    app = open_page(project, monkeypatch)
    assert {metric.label: metric.value for metric in app.metric} == {
        "Images": "1,200",
        "Known already": "3",
        "Faces": "1,199",
        "Without a face": "3",
        "Labels": "7",
    }
    assert "Read as Plain photos; faces found by yunet; 6 labels now belong to a face." in said(app)
    assert "0.jpg, 1.jpg, 2.jpg" in said(app)
    assert app.download_button("import.issues").label == "Download all as CSV"


def test_the_result_of_an_earlier_version_is_passed_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_result(project, {"import": {"imported": 1}, "detect": {"faces": 1}})
    assert not open_page(project, monkeypatch).metric


def store_result(project: Project, result: dict[str, Any]) -> None:
    with project.writing() as session:
        job = session.get_one(Job, add_job(session, "import", {}, by=None, now=NOW))
        job.state, job.result, job.started_at, job.finished_at = JobState.DONE, result, NOW, NOW
        session.commit()
