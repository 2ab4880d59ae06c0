from sqlalchemy.orm import Session

from curator.steps.importing.list_sources import newest_faces, source_table, terms_by_source
from db.project.project_folder import Project
from db.tables.images import Source
from tests.makers import NOW, make_face


def test_sources_are_counted_the_newest_first(project: Project, session: Session) -> None:
    make_face(project, session, seed=1)
    make_face(project, session, seed=2)
    session.add(Source(name="web", terms="", created_at=NOW))
    session.flush()
    assert source_table(session).to_dict("records") == [
        {"source": "web", "terms": "", "images": 0, "faces": 0},
        {"source": "drawn", "terms": "CC0-1.0", "images": 2, "faces": 2},
    ]


def test_terms_are_told_by_the_name_of_the_source(project: Project, session: Session) -> None:
    assert terms_by_source(session) == {}
    session.add(Source(name="web", terms="", created_at=NOW))
    make_face(project, session, seed=1)
    assert list(terms_by_source(session).items()) == [("drawn", "CC0-1.0"), ("web", "")]


def test_the_newest_faces_come_with_the_names_of_their_images(
    project: Project, session: Session
) -> None:
    for seed in (1, 2, 3):
        make_face(project, session, seed=seed)
    assert newest_faces(session, 2) == [(3, "3.png"), (2, "2.png")]
