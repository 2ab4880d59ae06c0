import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from sqlalchemy import update

from curator.core.faces.quality_bounds import Bounds
from curator.core.snapshots.balancing.balance import PAPER_9K
from curator.core.snapshots.recipe import PRESETS, Recipe
from curator.errors import CuratorError
from curator.steps.duplicates.find_duplicates import find_duplicates
from curator.steps.snapshots import manifest_rows
from curator.steps.snapshots.freeze_snapshot import FreezeReport, freeze
from curator.steps.snapshots.preview_snapshot import preview
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.snapshot_folder.manifest import read_snapshot
from db.snapshot_folder.verify import damaged_files
from db.tables.images import Face
from tests.makers import (
    NOW,
    annotate,
    make_annotator,
    make_empty_project,
    make_face,
    make_labelled_project,
    make_pixels,
)

LABELS = [label for label in Expression for _ in range(4)]
EVEN = PRESETS["even"]


def frozen(project: Project, recipe: Recipe = EVEN, name: str = "set") -> FreezeReport:
    with project.writing() as session:
        return finished(committing(session, freeze(project, session, name, recipe, now=NOW)))


def test_a_snapshot_holds_every_label_alike_and_every_crop_as_it_was_hashed(
    tmp_path: Path,
) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    report = frozen(project)
    snapshot = read_snapshot(project.folder / report.folder)
    assert snapshot.title == "set@1"
    assert snapshot.faces["label"].value_counts().to_dict() == {str(e): 4 for e in Expression}
    assert damaged_files(snapshot.folder) == []
    assert snapshot.faces["share"].tolist() == [1.0] * 28


def test_the_same_state_on_another_path_freezes_to_the_same_content_hash(tmp_path: Path) -> None:
    first = frozen(make_labelled_project(tmp_path / "a", LABELS, subjects=9))
    second = frozen(make_labelled_project(tmp_path / "elsewhere" / "b", LABELS, subjects=9))
    assert first.content_hash == second.content_hash


def test_freezing_again_without_a_change_makes_no_new_version(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    first, again = frozen(project), frozen(project)
    assert (again.title, again.is_new) == (first.title, False)
    other = frozen(project, replace(EVEN, seed=5))
    assert (other.title, other.is_new) == ("set@2", True)


def test_a_label_that_changes_makes_a_new_version_and_the_old_one_stays(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    old = frozen(project)
    with project.writing() as session:
        annotate(session, 1, {1: Expression.SAD, 2: Expression.SAD})
        session.commit()
    new = frozen(project)
    assert new.title == "set@2"
    assert new.content_hash != old.content_hash
    assert read_snapshot(project.folder / old.folder).content_hash == old.content_hash


def test_a_face_below_the_quality_of_the_recipe_stays_out_and_is_told_of(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    with project.writing() as session:
        session.execute(update(Face).values(quality={"size_px": 90.0}))
        session.execute(update(Face).where(Face.id == 1).values(quality={"size_px": 20.0}))
        recipe = Recipe(targets=PAPER_9K, quality={"size_px": Bounds(low=40)})
        seen = preview(session, recipe)
    assert set(range(2, len(LABELS) + 1)) == set(seen.chosen["face_id"])
    outcomes = seen.outcomes.set_index("outcome")["faces"].to_dict()
    assert outcomes == {"chosen": len(LABELS) - 1, "below the recipe's quality": 1}


def test_no_subject_stands_in_two_splits(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS, subjects=9)
    faces = read_snapshot(project.folder / frozen(project).folder).faces
    assert faces.groupby("subject")["split"].nunique().max() == 1
    assert set(faces["split"]) == {"train", "validation", "test"}


def test_names_of_subjects_do_not_leave_the_project(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS, subjects=9)
    folder = project.folder / frozen(project).folder
    assert set(read_snapshot(folder).faces["subject"]) == {f"s{n:05d}" for n in range(1, 10)}
    for path in folder.rglob("*"):
        assert path.is_dir() or b"person 1" not in path.read_bytes()


def test_a_preview_accounts_for_every_face(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    with project.writing() as session:
        make_face(project, session, seed=99)
        session.commit()
        seen = preview(session, PRESETS["paper-9k"])
    assert seen.outcomes["faces"].sum() == 29
    assert list(seen.shortages.set_index("label").loc["disgust"]) == [1013, 4, 4, 1009, 0, 0]
    assert seen.sentences[1].startswith("disgust: wanted 1,013, there are 4 settled")
    assert (seen.quality_thresholds, seen.scaled) == ([], None)


def test_a_preview_says_what_each_floor_costs_and_how_far_to_scale_down(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS, subjects=7)
    with project.writing() as session:
        session.execute(update(Face).values(quality={"size_px": 90.0, "contrast": 40.0}))
        low = {"size_px": 20.0, "contrast": 40.0}
        session.execute(update(Face).where(Face.id == 1).values(quality=low))
        annotate(session, 2, {make_annotator(session, "eve"): Expression.SAD})
        recipe = Recipe(
            targets=dict.fromkeys(Expression, 8),
            quality={"size_px": Bounds(low=40), "contrast": Bounds(low=20)},
            min_agreement=0.7,
            max_per_subject=4,
        )
        seen = preview(session, recipe, with_remedies=True)
    outcomes = seen.outcomes.set_index("outcome")["faces"].to_dict()
    assert outcomes.pop("below the recipe's quality") == 1
    assert outcomes.pop("below the recipe's agreement") == 1
    assert outcomes == {"chosen": 26}
    assert [
        (threshold.kind, threshold.name, threshold.faces) for threshold in seen.quality_thresholds
    ] == [
        ("quality", "size_px", 1),
        ("agreement", "", 1),
    ]
    assert seen.scaled == dict.fromkeys(Expression, 2)
    assert seen.chosen["agreement"].min() == 1.0


def test_leaky_splits_deal_each_face_alone_and_the_recipe_says_so(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS, subjects=3)
    leaky = replace(EVEN, splits="leaky, for comparison")
    snapshot = read_snapshot(project.folder / frozen(project, leaky).folder)
    assert snapshot.recipe["splits"] == "leaky, for comparison"
    assert snapshot.faces["unit"].nunique() == 3
    assert snapshot.faces.groupby("unit")["split"].nunique().max() == 3


def test_a_project_without_settled_faces_cannot_be_frozen(tmp_path: Path) -> None:
    with pytest.raises(CuratorError, match="chooses no face"):
        frozen(make_empty_project(tmp_path))


@pytest.mark.parametrize("name", ["", "../up", "a b", ".hidden", "x" * 65])
def test_a_name_that_is_no_folder_s_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CuratorError, match="1 to 64 letters"):
        frozen(make_empty_project(tmp_path), name=name)


@pytest.mark.slow
def test_a_freeze_that_died_leaves_no_snapshot_and_the_next_one_succeeds(tmp_path: Path) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS * 8)
    with project.writing() as session:
        steps = committing(session, freeze(project, session, "set", EVEN, now=NOW))
        while next(steps).message != "Writing crops":
            pass
        next(steps)  # some are written
        half_made = list(project.snapshots.glob("*@*"))
        steps.close()
    assert half_made == []
    assert [path.name for path in project.snapshots_aside.iterdir()] == ["lock"]
    assert frozen(project).title == "set@1"


def sad_copies(project: Project, pixels: Sequence[np.ndarray]) -> list[int]:
    """Add faces of one label to a project, which nobody has searched for duplicates."""
    with project.writing() as session:
        faces = [
            make_face(project, session, seed=seed, pixels=crop)
            for seed, crop in enumerate(pixels, start=50)
        ]
        for face_id in faces:
            annotate(session, face_id, {1: Expression.SAD, 2: Expression.SAD})
        session.commit()
    return faces


def test_a_set_with_copies_that_nobody_searched_for_is_refused_until_a_search_has_been(
    tmp_path: Path,
) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS)
    face = cv2.GaussianBlur(make_pixels(90), (0, 0), 2) // 2 + 30
    sad_copies(project, [face + light for light in range(0, 60, 5)])
    recipe = replace(EVEN, targets={Expression.SAD: 16})
    with pytest.raises(CuratorError, match=r"The splits leak\. Looks the same: .*search for dup"):
        frozen(project, recipe=recipe)
    assert list(project.snapshots.glob("*@*")) == []
    finished(find_duplicates(project, now=NOW))
    assert frozen(project, recipe=recipe).faces == 5


@pytest.mark.slow
def test_a_leaky_set_is_frozen_where_the_recipe_says_so_and_its_page_says_what_leaks(
    tmp_path: Path,
) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS * 8, subjects=3)
    leaky = frozen(project, recipe=replace(EVEN, splits="leaky, for comparison"))
    page = (project.folder / leaky.folder / "README.md").read_text()
    assert "**The splits leak, as the recipe wanted it" in page
    assert re.search(r"same subject: \d", page)
    assert not re.search(r"person \d", page)
    clean = frozen(project, name="clean")
    assert (
        "No picture, subject or video stands in two splits"
        in (project.folder / clean.folder / "README.md").read_text()
    )


def test_a_deal_that_tears_units_is_refused_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_labelled_project(tmp_path / "project", LABELS * 8, subjects=3)
    torn = pd.Series(["train", "validation", "test"])
    monkeypatch.setattr(
        manifest_rows,
        "assign_splits",
        lambda faces, *_: pd.Series(torn[np.arange(len(faces)) // 3 % 3].to_numpy(), faces.index),
    )
    with pytest.raises(CuratorError, match=r"Same subject: [\d,]+ pairs .* cross a split"):
        frozen(project)
