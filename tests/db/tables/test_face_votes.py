from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from db.labels import Expression
from db.project.project_folder import Project
from db.tables.assignment import FaceVotes
from db.tables.images import CrowdVote, Face
from db.tables.people import Role
from tests.makers import annotate, make_annotator, make_empty_project, make_face

COUNTING = ["annotations_are_counted", "crowd_votes_are_counted", "placed_crowd_votes_are_counted"]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return make_empty_project(tmp_path / "project")


def votes_of(session: Session, face_id: int) -> tuple[int, int, str | None]:
    session.expire_all()
    row = session.scalars(select(FaceVotes).where(FaceVotes.face_id == face_id)).one()
    return row.votes, row.lead, row.leading


def add_crowd(session: Session, face_id: int, **voters: int) -> None:
    crowd = make_annotator(session, "FER/crowd", Role.SOURCE)
    image_id = session.get_one(Face, face_id).image_id
    session.add_all(
        CrowdVote(
            image_id=image_id, annotator_id=crowd, verdict=verdict, voters=number, face_id=face_id
        )
        for verdict, number in voters.items()
    )
    session.flush()


def test_the_votes_of_a_crowd_count_as_many_as_they_are(project: Project) -> None:
    with project.writing() as session:
        face = make_face(project, session, seed=1)
        add_crowd(session, face, happy=6, neutral=3, unsure=1)
        assert votes_of(session, face) == (10, 3, "happy")
        annotate(session, face, {make_annotator(session, "ann"): Expression.NEUTRAL})
        assert votes_of(session, face) == (11, 2, "happy")


def test_the_votes_of_a_crowd_count_from_when_its_face_is_known(project: Project) -> None:
    with project.writing() as session:
        face, other = (make_face(project, session, seed=seed) for seed in (1, 2))
        add_crowd(session, face, sad=4)
        session.execute(update(CrowdVote).values(face_id=None))
        assert votes_of(session, face) == (0, 0, None)
        session.execute(update(CrowdVote).values(face_id=other))
        assert (votes_of(session, face), votes_of(session, other)) == ((0, 0, None), (4, 4, "sad"))


@pytest.mark.parametrize("trigger", COUNTING)
def test_counting_the_votes_of_one_face_reads_no_other_face(project: Project, trigger: str) -> None:
    with project.reading() as session:
        query = text("SELECT sql FROM sqlite_master WHERE name = :name")
        sql = session.execute(query, {"name": trigger}).scalar_one()
        update_one = sql[sql.index("UPDATE face_votes") : sql.rindex(";")]
        plan = session.execute(
            text(
                "EXPLAIN QUERY PLAN "
                + update_one.replace("NEW.face_id", "1").replace("OLD.face_id", "2")
            )
        )
        steps = [str(step[3]) for step in plan]
    assert any("SEARCH" in step for step in steps)
    whole = ("SCAN a", "SCAN annotations", "SCAN crowd_votes", "SCAN face_votes")
    assert not [step for step in steps if step in whole], steps
