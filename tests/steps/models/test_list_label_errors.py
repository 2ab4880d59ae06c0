from pathlib import Path

from curator.steps.models.list_label_errors import has_predictions, list_label_errors
from curator.steps.review.adjudicate import adjudicate
from db.labels import Expression
from db.project.project_folder import Project
from tests.makers import NOW, annotate, make_labelled_project
from tests.steps.models.suggesting import make_run_with_predictions

LABELS = [label for label in Expression for _ in range(4)]


def make_contradicted_project(folder: Path) -> Project:
    return make_labelled_project(folder, LABELS)


def test_labels_that_the_model_contradicts_come_first_until_somebody_has_looked(
    tmp_path: Path,
) -> None:
    project = make_contradicted_project(tmp_path / "project")
    labels = {face: str(label) for face, label in enumerate(LABELS, start=1)}
    predicted = labels | {1: "sad", 9: "happy", 13: "fear"}
    folder, cell = make_run_with_predictions(project, labels, predicted)
    assert has_predictions(folder, cell)
    with project.writing() as session:
        found = list_label_errors(session, folder, cell)
        assert (found.covered, found.likely) == (28, 3)
        assert set(found.faces["face_id"][:3]) == {1, 9, 13}
        assert not found.faces["is_likely_error"][3:].any()

        adjudicate(session, 1, "angry", by=1, now=NOW)  # the final word: it was right
        annotate(session, 9, {1: Expression.HAPPY, 2: Expression.HAPPY})  # labelled anew
        found = list_label_errors(session, folder, cell)
    assert found.faces[found.faces["is_likely_error"]]["face_id"].tolist() == [13]
    assert (len(found.faces), found.covered) == (26, 28)


def test_runs_of_earlier_versions_kept_no_predictions(tmp_path: Path) -> None:
    project = make_contradicted_project(tmp_path / "project")
    labels = {1: "angry"}
    folder, cell = make_run_with_predictions(project, labels, labels)
    assert not has_predictions(tmp_path, cell)
    with project.reading() as session:
        assert list_label_errors(session, folder, cell).likely == 0
