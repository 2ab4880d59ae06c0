import pytest
from playwright.sync_api import Page, expect

from curator.steps.project.settings import settings
from tests.browser.conftest import Server, StartServer, shown_face
from tests.browser.watch import open_label_page, wait_until_all_saved

pytestmark = pytest.mark.browser

ANSWERS = "SELECT face_id, label, flag, intensity, posing, is_occluded FROM annotations ORDER BY id"


def ask_everything(server: Server) -> None:
    with server.project.writing() as session:
        chosen = settings(session)
        chosen.asks_intensity = chosen.asks_posing = chosen.asks_occlusion = True
        session.add(chosen)
        session.commit()


def press_in_turn(page: Page, *keys: str) -> int:
    face = shown_face(page)
    for key in keys:
        page.keyboard.press(key)
    page.locator(f".stage img:not([data-face='{face}'])").wait_for()
    return face


def test_second_questions_follow_the_label_and_go_out_with_it(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    ask_everything(server)
    open_label_page(page, server)
    all_answered = press_in_turn(page, "4", "5", "2", "1")
    some_left_open = press_in_turn(page, "6", "Enter", "1", "Enter")
    rest_left_open = press_in_turn(page, "1", "3", "Escape")
    flagged = press_in_turn(page, "9")
    said_anew = press_in_turn(page, "1", "Backspace", "2", "4", "Backspace", "1", "1", "2")
    wait_until_all_saved(page)

    assert server.rows(ANSWERS) == [
        (all_answered, "happy", None, 5, "posed", 0),
        (some_left_open, "sad", None, None, "genuine", None),
        (rest_left_open, "angry", None, 3, None, None),
        (flagged, None, "not a face", None, None, None),
        (said_anew, "disgust", None, 1, "genuine", 1),
    ]


def test_undo_brings_the_answers_back_too(page: Page, start_server: StartServer) -> None:
    server = start_server(10)
    ask_everything(server)
    open_label_page(page, server)
    face = press_in_turn(page, "4", "5", "2", "1")
    shown_face(page)
    page.keyboard.press("Backspace")
    page.locator(f".stage img[data-face='{face}']").wait_for()
    shown_face(page)
    expect(page.get_by_role("button", name="Happy")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("4")
    said = page.get_by_role("button", name="Extreme")
    expect(said).to_have_attribute("aria-pressed", "true")


def test_a_label_whose_questions_are_open_is_kept_when_the_tab_goes(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    ask_everything(server)
    open_label_page(page, server)
    face = shown_face(page)
    page.keyboard.press("4")
    page.keyboard.press("2")
    page.reload()
    shown_face(page)
    wait_until_all_saved(page)
    assert server.rows(ANSWERS) == [(face, "happy", None, 2, None, None)]


def test_questions_take_the_focus_and_give_it_back(page: Page, start_server: StartServer) -> None:
    server = start_server(10)
    ask_everything(server)
    open_label_page(page, server)
    face = shown_face(page)
    happy = page.get_by_role("button", name="Happy")
    happy.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Trace")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_text("felt or put on").wait_for()
    page.keyboard.press("Escape")
    page.locator(f".stage img:not([data-face='{face}'])").wait_for()
    expect(happy).to_be_focused()
    wait_until_all_saved(page)
    assert server.rows(ANSWERS) == [(face, "happy", None, 1, None, None)]
