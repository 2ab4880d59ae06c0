import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import StartServer, press_on, press_on_shown, shown_face
from tests.browser.watch import open_label_page, wait_until_all_saved

pytestmark = pytest.mark.browser


def test_undo_brings_faces_back_with_what_was_said(page: Page, start_server: StartServer) -> None:
    server = start_server(20)
    open_label_page(page, server)
    first, second = press_on_shown(page, "4"), press_on_shown(page, "4")
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+z")
    page.get_by_text("You had said Happy.").wait_for()
    press_on(page, first, "6")
    wait_until_all_saved(page)

    assert [row[1:] for row in server.stored()] == [
        (first, "happy", None),
        (second, "happy", None),
        (second, None, None),
        (first, None, None),
        (first, "sad", None),
    ]


def test_fifty_steps_back_are_possible(page: Page, start_server: StartServer) -> None:
    server = start_server(60)
    open_label_page(page, server)
    faces = [press_on_shown(page, "4") for _ in range(55)]
    for _ in range(55):
        page.keyboard.press("Backspace")
    page.locator(f".stage img[data-face='{faces[0]}']").wait_for()
    wait_until_all_saved(page)

    assert [row[1] for row in server.stored()] == [*faces, *reversed(faces)]


def test_flags_have_keys_too(page: Page, start_server: StartServer) -> None:
    server = start_server(5)
    open_label_page(page, server)
    first, second, third = (press_on_shown(page, key) for key in "890")
    wait_until_all_saved(page)

    assert [row[1:] for row in server.stored()] == [
        (first, None, "unsure"),
        (second, None, "not a face"),
        (third, None, "bad crop"),
    ]


def test_labels_can_be_clicked_and_touched(chromium: Browser, start_server: StartServer) -> None:
    server = start_server(5)
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    open_label_page(page, server)
    first = shown_face(page)
    page.get_by_role("button", name="Fear").tap()
    page.locator(f".stage img:not([data-face='{first}'])").wait_for()
    second = shown_face(page)
    page.get_by_role("button", name="Not a face").click()
    page.locator(f".stage img:not([data-face='{second}'])").wait_for()
    wait_until_all_saved(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    phone.close()

    assert [row[1:] for row in server.stored()] == [
        (first, "fear", None),
        (second, None, "not a face"),
    ]
    assert width == 390


def test_buttons_go_on_while_the_server_is_away(page: Page, start_server: StartServer) -> None:
    server = start_server(20)
    open_label_page(page, server)
    page.evaluate(_NOTE_DIALOG)
    server.kill()
    page.wait_for_function("window.wasCovered")
    expect(page.locator(".stDialog")).to_have_count(0)
    face = shown_face(page)
    page.get_by_role("button", name="Happy").click()
    page.locator(f".stage img:not([data-face='{face}'])").wait_for()
    page.get_by_text("1 unsaved").wait_for()
    server.start()
    page.get_by_text("All saved").wait_for()

    assert [row[1:] for row in server.stored()] == [(face, "happy", None)]


# While the server is away Streamlit lays a dialog over the page, sooner or later.
_NOTE_DIALOG = """() => new MutationObserver(() => {
  window.wasCovered ||= /connection error/i.test(document.querySelector(".stDialog")?.textContent);
}).observe(document.body, { childList: true, subtree: true })"""


def test_an_empty_project_says_what_comes_first(page: Page, start_server: StartServer) -> None:
    server = start_server(0)
    page.goto(f"{server.address}/label")
    page.get_by_text("No faces yet").wait_for()


def test_the_last_face_is_followed_by_what_to_do_next(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(2)
    open_label_page(page, server)
    press_on_shown(page, "1")
    press_on_shown(page, "2")
    page.get_by_text("All labelled").wait_for()
