from dataclasses import replace
from pathlib import Path
from typing import Any

from curator.core.snapshots.recipe import PRESETS, Recipe
from curator.steps.snapshots.preview_snapshot import preview_leaks
from db.jobs.progress import finished
from db.labels import Expression
from db.project.project_folder import Project
from tests.makers import make_labelled_project

LABELS = [label for label in Expression for _ in range(8)]
EVEN = PRESETS["even"]


def found(project: Project, recipe: Recipe) -> dict[str, Any]:
    with project.reading() as session:
        return finished(preview_leaks(project, session, recipe))


def test_whole_units_leak_nothing_and_the_recipe_stands_beside_it(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS, subjects=28)
    result = found(project, EVEN)
    assert result["recipe"] == EVEN.as_json()
    assert (result["faces"], result["leaks"]) == (56, [])
    assert result["pairs"] > 0


def test_what_crosses_a_split_is_said_before_anything_is_frozen(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS, subjects=3)
    result = found(project, replace(EVEN, splits="leaky, for comparison"))
    (sentence,) = result["leaks"]
    assert sentence.startswith("Same subject: ")
    assert "give both one subject" in sentence
    assert not project.snapshots.exists()
