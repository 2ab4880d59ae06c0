from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from curator.steps.labelling.assign_faces import LEASE
from curator.steps.people.accounts import local_person
from curator.steps.project.settings import settings
from db.labels import Expression
from db.tables.assignment import Lease
from db.tables.guidance import GoldFace
from tests.browser.conftest import Server, StartServer, press_on_shown, shown_face
from tests.browser.watch import open_label_page, wait_until_all_saved
from tests.makers import make_annotator

pytestmark = pytest.mark.browser

GOLD = 7
FACES = 30


def make_gold(server: Server, *, is_told: bool) -> None:
    """Make a face known, to be mixed among the first ten faces that come.

    Two others who are at work leave no more than their share at a time, which is ten. Where
    all came at once, chance could put the known face last.
    """
    now = datetime.now(UTC)
    with server.project.writing() as session:
        owner = local_person(session, now).id
        session.add(GoldFace(face_id=GOLD, label=Expression.FEAR, by_id=owner, stored_at=now))
        chosen = settings(session)
        chosen.gold_share, chosen.gold_feedback = 0.5, is_told
        session.add(chosen)
        for face, name in ((FACES - 1, "ann"), (FACES, "bob")):
            by = make_annotator(session, name)
            session.add(Lease(face_id=face, annotator_id=by, expires_at=now + LEASE))
        session.commit()


@pytest.mark.parametrize("is_told", [True, False])
def test_what_is_known_is_told_quietly_where_the_project_wants_it(
    page: Page, start_server: StartServer, *, is_told: bool
) -> None:
    server = start_server(FACES)
    make_gold(server, is_told=is_told)
    open_label_page(page, server)
    while press_on_shown(page, "6") != GOLD:
        pass
    known = page.get_by_text("You said Sad; it is known as Fear.")
    if not is_told:
        wait_until_all_saved(page)  # what is known comes with the same answer
        press_on_shown(page, "6")
        shown_face(page)
        expect(known).to_be_hidden()
        return
    expect(known).to_be_visible()
    for _ in range(6):
        press_on_shown(page, "6")
    expect(known).to_be_hidden()
