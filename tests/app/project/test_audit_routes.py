from pathlib import Path

from db.tables.audit import note
from tests.app.asgi import Asked, ask
from tests.app.makers import make_app, make_local_project
from tests.makers import NOW


def test_the_whole_trail_comes_as_a_file(tmp_path: Path) -> None:
    project = make_local_project(tmp_path)
    with project.writing() as session:
        note(session, "settings changed", {"first_votes": [2, 3]}, None, NOW)
        session.commit()
    answer = ask(make_app(project), Asked("/api/audit.csv"))
    assert answer.status == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    assert answer.text.splitlines() == [
        "at,by,face,kind,what,details",
        '2026-11-23T12:00:00+00:00,,,change,settings changed,"{""first_votes"": [2, 3]}"',
    ]
