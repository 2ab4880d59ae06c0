import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from db.tables.people import Role
from tests.browser.conftest import Server, project_with_faces
from tests.browser.watch import (
    WATCH,
    press_each,
    press_keys,
    wait_until_all_saved,
    wait_until_views_are_in_hand,
)
from tests.faults.conftest import CountLosses
from tests.faults.losses import accepted_on, stored_in
from tests.makers import add_person

pytestmark = pytest.mark.browser

PASSWORD = "correct horse"  # noqa: S105 - of nobody


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Start the app of a project that eva and ben may sign in to."""
    project = project_with_faces(tmp_path / "project", 120)
    with project.writing() as session:
        for name in ("eva", "ben"):
            add_person(session, name, Role.ANNOTATOR, PASSWORD, datetime.now(UTC))
        session.commit()
    server = Server(project)
    server.start()
    yield server
    server.stop()


def sign_in(page: Page, server: Server, name: str) -> None:
    """Come to the label page through the sign-in page."""
    page.goto(f"{server.address}/label")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".stage img").wait_for()
    wait_until_views_are_in_hand(page)


def expire_sign_ins(page: Page, server: Server) -> None:
    """Let twelve hours pass for every sign-in, and wait until the server has noticed.

    For two seconds it trusts what it knows of a visitor.
    """
    with sqlite3.connect(server.project.folder / "project.sqlite") as database:
        database.execute("UPDATE sign_ins SET expires_at = '2001-01-01 00:00:00.000000'")
    database.close()
    while page.request.get(f"{server.address}/api/me").status != 401:
        page.wait_for_timeout(100)


def id_of(server: Server, name: str) -> int:
    with sqlite3.connect(server.project.folder / "project.sqlite") as database:
        found: int = database.execute(
            "SELECT id FROM annotators WHERE name = ?", (name,)
        ).fetchone()[0]
    database.close()
    return found


def label_past_the_end_of_a_sign_in(page: Page, server: Server) -> None:
    """Label as eva, before and after her sign-in has run out."""
    page.add_init_script(WATCH)
    sign_in(page, server, "eva")
    press_each(page, 8)
    wait_until_all_saved(page)
    expire_sign_ins(page, server)
    press_each(page, 10, first=8)
    page.get_by_text("You are signed out").wait_for()


def test_signing_in_again_in_another_tab_sends_what_waits(
    page: Page, server: Server, count_losses: CountLosses
) -> None:
    label_past_the_end_of_a_sign_in(page, server)
    assert len(stored_in(server.project.folder)) == 8
    sign_in(page.context.new_page(), server, "eva")
    wait_until_all_saved(page)

    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 18


def test_signing_in_again_in_the_same_tab_sends_what_waits(
    page: Page, server: Server, count_losses: CountLosses
) -> None:
    label_past_the_end_of_a_sign_in(page, server)
    taken = accepted_on(page)
    sign_in(page, server, "eva")
    wait_until_all_saved(page)

    found = count_losses(taken, server)
    assert found.are_none
    assert found.accepted == 18


def test_who_signs_in_next_neither_sees_nor_sends_what_waits_for_another(
    page: Page, server: Server, count_losses: CountLosses
) -> None:
    label_past_the_end_of_a_sign_in(page, server)
    evas = accepted_on(page)
    other = page.context.new_page()
    page.close(run_before_unload=False)
    other.add_init_script(WATCH)
    sign_in(other, server, "ben")
    expect(other.locator(".saved")).to_have_text("All saved")
    press_each(other, 5)
    other.get_by_text("5 today").wait_for()
    expect(other.locator(".saved")).to_have_text("All saved")
    bens = accepted_on(other)
    stored = stored_in(server.project.folder)
    assert len(stored) == 8 + 5
    assert {stored[press.uuid][0] for press in bens} == {id_of(server, "ben")}

    expire_sign_ins(other, server)
    sign_in(other, server, "eva")
    wait_until_all_saved(other)
    stored = stored_in(server.project.folder)
    assert {stored[press.uuid][0] for press in evas} == {id_of(server, "eva")}
    found = count_losses([*evas, *bens], server)
    assert found.are_none
    assert found.accepted == 18 + 5


def test_keys_in_a_tab_of_one_person_never_count_for_another(page: Page, server: Server) -> None:
    label_past_the_end_of_a_sign_in(page, server)
    evas = accepted_on(page)
    other = page.context.new_page()
    sign_in(other, server, "ben")
    page.bring_to_front()
    page.get_by_text("Somebody else has signed in here").wait_for()
    with page.expect_response("**/api/labels"):  # it asks again who is in, and is told
        press_keys(page, 5, a_second=4)  # ben's hands, on what was eva's page
    expire_sign_ins(other, server)
    sign_in(other, server, "eva")
    wait_until_all_saved(other)

    said_by_eva = [
        uuid
        for uuid, row in stored_in(server.project.folder).items()
        if row[0] == id_of(server, "eva")
    ]
    assert sorted(said_by_eva) == sorted(press.uuid for press in evas)
