from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from curator.core.consensus.consensus import ConsensusRule
from curator.core.snapshots.balancing.balance import PAPER_9K
from curator.core.snapshots.recipe import Recipe
from curator.steps.review.adjudicate import adjudicate
from curator.steps.snapshots.compare_snapshots import SnapshotComparison, compare_snapshots
from curator.steps.snapshots.freeze_snapshot import freeze
from db.jobs.progress import committing, finished
from db.labels import Expression
from db.project.project_folder import Project
from db.snapshot_folder.manifest import Snapshot, read_snapshot
from db.tables import Annotation
from tests.makers import NOW, make_annotator, make_face, make_labelled_project

LATER = NOW + timedelta(days=2)
BETWEEN = NOW + timedelta(days=1)
ALL = Recipe(targets=PAPER_9K)
LABELS = [label for label in Expression for _ in range(4)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Faces 1 to 28, four a label, angry first; annotators ann (1) and bob (2)."""
    return make_labelled_project(tmp_path / "project", LABELS)


def frozen(project: Project, recipe: Recipe = ALL, *, days: int = 0) -> Snapshot:
    at = NOW + timedelta(days=days)
    with project.writing() as session:
        report = finished(committing(session, freeze(project, session, "set", recipe, now=at)))
    return read_snapshot(project.folder / report.folder)


def says(session: Session, annotator_id: int, face_id: int, label: Expression) -> None:
    session.add(
        Annotation(
            uuid=f"{annotator_id} on {face_id}",
            face_id=face_id,
            annotator_id=annotator_id,
            label=label,
            stored_at=BETWEEN,
        )
    )


def compared(project: Project, old: Snapshot, new: Snapshot) -> SnapshotComparison:
    with project.reading() as session:
        return compare_snapshots(old, new, session)


def causes(found: SnapshotComparison, kind: str) -> dict[int, str]:
    table = getattr(found.difference, kind)
    return dict(zip(table["face_id"], table["cause"], strict=True))


def test_whose_annotation_and_whose_final_word_changed_a_label_is_told(project: Project) -> None:
    old = frozen(project)
    with project.writing() as session:
        says(session, 1, 1, Expression.SAD)
        says(session, 2, 1, Expression.SAD)
        adjudicate(session, 2, Expression.FEAR, by=make_annotator(session, "rev"), now=BETWEEN)
        session.commit()
    found = compared(project, old, frozen(project, days=2))
    assert causes(found, "relabelled") == {
        1: "ann said sad on 2026-11-24; bob said sad on 2026-11-24",
        2: "final word: rev said fear on 2026-11-24",
    }
    assert found.choices == ()


def test_without_the_project_the_manifests_still_tell_the_votes(project: Project) -> None:
    old = frozen(project)
    with project.writing() as session:
        says(session, 1, 1, Expression.SAD)
        says(session, 2, 1, Expression.SAD)
        adjudicate(session, 2, Expression.FEAR, by=1, now=BETWEEN)
        session.commit()
    found = compare_snapshots(old, frozen(project, days=2), None)
    assert causes(found, "relabelled") == {1: "votes angry 2 → sad 2", 2: "a final word"}


def test_a_rule_that_drops_faces_is_named_and_so_is_why_each_is_out(project: Project) -> None:
    with project.writing() as session:
        says(session, make_annotator(session, "eve"), 1, Expression.SAD)
        session.commit()
    strict = replace(ALL, rule=ConsensusRule(min_share=0.7), preprocessing="none")
    old, new = frozen(project), frozen(project, strict, days=2)
    found = compared(project, old, new)
    assert causes(found, "dropped") == {1: "unsettled"}
    assert [change.in_words() for change in found.choices] == [
        "preprocessing paper → none",
        "smallest share 0.6 → 0.7",
    ]


def test_a_face_that_another_weighing_of_the_same_votes_relabels_tells_the_rule(
    project: Project,
) -> None:
    old = frozen(project)
    changed = old.faces.assign(label=old.faces["label"].where(old.faces["face_id"] != 1, "sad"))
    recipe = {**old.recipe, "rule": {"min_votes": 2, "min_share": 0.6, "method": "dawid-skene"}}
    new = replace(old, faces=changed, recipe=recipe)
    assert causes(compared(project, old, new), "relabelled") == {
        1: "rule: method majority → dawid-skene"
    }
    again = compared(project, replace(old, recipe=recipe), new)
    assert causes(again, "relabelled") == {
        1: "labels of other faces weigh its annotators anew (dawid-skene)"
    }
    unknown = compared(project, old, replace(old, faces=changed))
    assert causes(unknown, "relabelled") == {1: "not known"}


def test_a_face_that_is_gone_and_one_that_is_full_are_told_apart(project: Project) -> None:
    old = frozen(project)
    fewer = replace(ALL, targets={**PAPER_9K, Expression.ANGRY: 0})
    found = compared(project, old, frozen(project, fewer, days=2))
    assert causes(found, "dropped") == dict.fromkeys((1, 2, 3, 4), "its label is full")
    elsewhere = replace(old, faces=old.faces.assign(face_id=old.faces["face_id"] + 1000))
    gone = compared(project, elsewhere, old)
    assert set(causes(gone, "dropped").values()) == {"no longer in the project: erased"}
    assert len(gone.difference.added) == 28


def test_a_label_that_all_annotators_leave_is_told_as_a_migration(project: Project) -> None:
    old = frozen(project)
    with project.writing() as session:
        for face_id in (5, 6, 7, 8):
            says(session, 1, face_id, Expression.ANGRY)
            says(session, 2, face_id, Expression.ANGRY)
        session.commit()
    found = compared(project, old, frozen(project, days=2))
    assert [migration.in_words() for migration in found.difference.migrations] == [
        "disgust became angry (merged): 4 faces"
    ]
    assert found.difference.relabelled.empty
    assert found.as_json()["migrations"] == [
        {"old": "disgust", "new": "angry", "faces": 4, "is_merge": True}
    ]


def test_a_face_that_came_after_the_first_freeze_is_added(project: Project) -> None:
    old = frozen(project)
    with project.writing() as session:
        face_id = make_face(project, session, seed=99)
        says(session, 1, face_id, Expression.FEAR)
        says(session, 2, face_id, Expression.FEAR)
        session.commit()
    found = compared(project, old, frozen(project, days=2))
    assert found.difference.added["face_id"].tolist() == [29]
    assert found.as_json()["counts"][2] == {"label": "fear", "old": 4, "new": 5, "change": 1}
