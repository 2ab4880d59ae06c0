from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from curator.core.consensus.consensus import ConsensusRule
from curator.core.faces.quality_bounds import Bounds
from curator.core.snapshots.recipe import Recipe
from curator.steps.project.settings import settings
from curator.steps.snapshots.prioritise_faces import (
    preset_with_project_rule,
    prioritise_faces,
    send_next,
)
from db.jobs.progress import finished
from db.labels import Expression
from db.project.project_folder import Project
from db.tables.assignment import FaceVotes
from db.tables.audit import Change
from db.tables.images import Face
from db.tables.jobs import Job
from db.tables.settings import Order, Settings
from tests.makers import NOW, make_empty_project, make_face, make_labelled_project
from tests.steps.models.suggesting import suggest

WANTED = Recipe(targets={Expression.DISGUST: 2, Expression.HAPPY: 1})


def priorities_of(project: Project) -> dict[int, float]:
    with project.reading() as session:
        rows = session.execute(select(FaceVotes.face_id, FaceVotes.priority))
        return {row.face_id: row.priority for row in rows}


def make_open_project(folder: Path) -> tuple[Project, list[int]]:
    """Face 1 is settled as happy, of which enough is there; three others are open."""
    project = make_labelled_project(folder, [Expression.HAPPY])
    with project.writing() as session:
        faces = [make_face(project, session, seed=seed) for seed in (11, 12, 13)]
        suggest(session, {faces[0]: Expression.HAPPY, faces[2]: Expression.DISGUST})
        session.commit()
    return project, faces


def test_faces_that_may_bring_what_a_recipe_lacks_come_first(tmp_path: Path) -> None:
    project, (happy, unknown, disgust) = make_open_project(tmp_path / "project")
    report = finished(prioritise_faces(project, WANTED))
    found = priorities_of(project)
    assert found[disgust] > found[unknown] > found[happy] > found[1] == 0
    assert (report.faces, report.open, report.suggested) == (4, 3, 2)
    assert report.needs["disgust"] == 1
    assert report.needs["happy"] == report.needs["fear"] == 0
    share = (1 / 7 + 0.7) / 2
    assert found[disgust] == pytest.approx(share * (1 - share))


def test_the_order_is_made_whole_each_time(tmp_path: Path) -> None:
    project, faces = make_open_project(tmp_path / "project")
    with project.writing() as session:
        session.query(FaceVotes).update({"priority": 9})
        session.commit()
    finished(prioritise_faces(project, WANTED))
    assert max(priorities_of(project).values()) < 1
    once = priorities_of(project)
    finished(prioritise_faces(project, Recipe(targets={Expression.HAPPY: 5})))
    assert priorities_of(project)[faces[0]] > priorities_of(project)[faces[2]]
    finished(prioritise_faces(project, WANTED))
    assert priorities_of(project) == once


def test_faces_of_low_quality_come_last(tmp_path: Path) -> None:
    project, (_, unknown, disgust) = make_open_project(tmp_path / "project")
    with project.writing() as session:
        session.execute(update(Face).where(Face.id == disgust).values(quality={"size_px": 9}))
        session.commit()
    finished(prioritise_faces(project, replace(WANTED, quality={"size_px": Bounds(low=40)})))
    found = priorities_of(project)
    assert found[unknown] > found[disgust] == 0


def test_sending_faces_next_goes_by_need_asks_for_the_order_and_is_noted(tmp_path: Path) -> None:
    project, _ = make_open_project(tmp_path / "project")
    with project.writing() as session:
        job_id = send_next(session, WANTED, by=1, now=NOW)
        session.commit()
    with project.reading() as session:
        assert settings(session).order is Order.NEED
        job = session.get_one(Job, job_id)
        assert (job.kind, job.arguments) == ("order", {"recipe": WANTED.as_json()})
        (change,) = session.scalars(select(Change))
        assert change.details == {"order": ["random", "need"]}


def test_several_models_are_averaged(tmp_path: Path) -> None:
    project, (happy, _, disgust) = make_open_project(tmp_path / "project")
    with project.writing() as session:
        suggest(session, {happy: Expression.DISGUST, disgust: Expression.HAPPY}, model="another")
        session.commit()
    finished(prioritise_faces(project, WANTED))
    found = priorities_of(project)
    assert found[happy] == pytest.approx(found[disgust])


def test_an_empty_project_has_nothing_to_order(tmp_path: Path) -> None:
    assert finished(prioritise_faces(make_empty_project(tmp_path), WANTED)).faces == 0


def test_a_preset_settles_as_the_project_does(tmp_path: Path) -> None:
    with make_empty_project(tmp_path).writing() as session:
        session.add(Settings(min_votes=3, min_share=0.9, duplicate_distance=12))
        assert preset_with_project_rule(session, "even").rule == ConsensusRule(3, 0.9)
