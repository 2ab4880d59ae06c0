from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from curator.steps.people.accounts import local_person
from db.tables.annotations import Annotation, SentBack
from tests.browser.conftest import StartServer, next_frame, press_on, press_on_shown, shown_face
from tests.browser.watch import open_label_page, wait_until_all_saved

pytestmark = pytest.mark.browser


def test_a_face_put_off_comes_again_when_no_other_is_left(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(3)
    open_label_page(page, server)
    put_off = press_on_shown(page, "ArrowRight")
    others = [press_on_shown(page, "4") for _ in range(2)]
    press_on(page, put_off, "6")
    page.get_by_text("All labelled").wait_for()
    wait_until_all_saved(page)

    assert [row[1:3] for row in server.stored()] == [
        (others[0], "happy"),
        (others[1], "happy"),
        (put_off, "sad"),
    ]


def test_a_face_put_off_by_mistake_comes_back_by_undo(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(5)
    open_label_page(page, server)
    put_off = press_on_shown(page, "ArrowRight")
    shown_face(page)
    page.keyboard.press("Backspace")
    page.get_by_text("You had put this face off.").wait_for()
    press_on(page, put_off, "1")
    wait_until_all_saved(page)
    assert [row[1:3] for row in server.stored()] == [(put_off, "angry")]


def test_what_was_said_at_any_time_can_be_said_anew(page: Page, start_server: StartServer) -> None:
    server = start_server(10)
    open_label_page(page, server)
    first, second = press_on_shown(page, "4"), press_on_shown(page, "8")
    wait_until_all_saved(page)
    page.reload()
    going_on = shown_face(page)
    page.keyboard.press("ArrowLeft")
    said = page.get_by_role("dialog", name="What you said")
    expect(said.get_by_role("button", name="Unsure")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(said.get_by_role("button", name="Happy")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("You had said Happy.").wait_for()
    press_on(page, first, "6")
    assert shown_face(page) == going_on
    page.keyboard.press("ArrowLeft")
    said.get_by_role("button", name="Unsure").click()
    page.locator(f".stage img[data-face='{second}']").wait_for()
    next_frame(page)
    page.keyboard.press("Escape")  # leaves it as it was
    assert shown_face(page) == going_on
    page.get_by_text("2 today").wait_for()
    wait_until_all_saved(page)

    assert [row[1:] for row in server.stored()] == [
        (first, "happy", None),
        (second, None, "unsure"),
        (first, "sad", None),
    ]


def test_a_face_that_a_reviewer_sent_back_comes_with_the_note(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    open_label_page(page, server)
    face = press_on_shown(page, "4")
    wait_until_all_saved(page)
    with server.project.writing() as session:
        now = datetime.now(UTC)
        annotation_id = session.query(Annotation.id).scalar()
        by_id = local_person(session, now).id
        session.add(
            SentBack(annotation_id=annotation_id, by_id=by_id, note="See the brows", stored_at=now)
        )
        session.commit()
    page.reload()
    page.locator(f".stage img[data-face='{face}']").wait_for()
    note = page.get_by_text("A reviewer asks you to look again: See the brows")
    expect(note).to_be_visible()
    press_on(page, face, "1")
    expect(note).to_be_hidden()
