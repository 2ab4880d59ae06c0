from pathlib import Path

from curator.steps.overview import next_step, overview
from db.labels import Expression
from tests.makers import make_empty_project, make_face, make_labelled_project

ALL = {"import", "label", "snapshot", "benchmark"}


def test_an_empty_project_begins_with_an_import_and_its_annotators_wait_on_the_label_page(
    tmp_path: Path,
) -> None:
    with make_empty_project(tmp_path).reading() as session:
        counts = overview(session)
    assert (counts.images, counts.faces, counts.settled) == (0, 0, 0)
    assert next_step(counts, ALL).page == "import"
    assert next_step(counts, {"overview", "label"}).page == "label"


def test_settled_labelled_and_open_faces_are_counted_apart(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path, [Expression.SAD, Expression.SAD, Expression.FEAR])
    with project.writing() as session:
        make_face(project, session, seed=9)
        counts = overview(session)
    assert (counts.faces, counts.labelled, counts.settled) == (4, 3, 3)
    assert (counts.by_label["sad"], counts.by_label["happy"]) == (2, 0)
    assert next_step(counts, ALL).reason == "1 face is not settled yet."


def test_when_all_faces_are_settled_a_snapshot_comes_next(tmp_path: Path) -> None:
    with make_labelled_project(tmp_path, [Expression.SAD]).reading() as session:
        assert next_step(overview(session), ALL).page == "snapshot"
