import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import StartServer, press_on_shown, shown_face
from tests.browser.watch import open_label_page, wait_until_all_saved

pytestmark = pytest.mark.browser


def choose_layout(page: Page, name: str) -> None:
    page.keyboard.press("?")
    page.get_by_role("radio", name=name).check()
    page.keyboard.press("Escape")


def test_keys_are_chosen_by_the_person_and_kept_for_the_next_time(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    open_label_page(page, server)
    choose_layout(page, "Home row")
    press_on_shown(page, "f")
    page.keyboard.press("?")
    page.get_by_role("button", name="Happy: F. Change").click()
    page.keyboard.press("d")
    page.get_by_text("D is the key of Fear. Press another.").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("That key is needed elsewhere.").wait_for()
    page.keyboard.press("h")
    page.get_by_text("Happy is now H.").wait_for()
    page.keyboard.press("Escape")
    page.reload()
    press_on_shown(page, "h")
    shown_face(page)
    page.keyboard.press("f")  # is nothing's key any more
    press_on_shown(page, "d")
    wait_until_all_saved(page)

    assert [label for _, _, label, _ in server.stored()] == ["happy", "happy", "fear"]
    happy = page.get_by_role("group", name="Labels").get_by_role("button", name="Happy")
    expect(happy).to_have_attribute("aria-keyshortcuts", "H")
    expect(happy.locator("kbd")).to_have_text("H")


def test_digits_count_by_their_place_and_letters_by_what_they_print(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    open_label_page(page, server)
    keyboard = page.context.new_cdp_session(page)

    def press_of_azerty(key: str, code: str) -> None:
        shown_face(page)
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": key, "code": code})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": key, "code": code})

    press_of_azerty("&", "Digit1")
    press_of_azerty("4", "Numpad4")
    choose_layout(page, "First letters")
    press_of_azerty("a", "KeyQ")
    press_of_azerty("u", "KeyU")
    wait_until_all_saved(page)

    assert [row[2] for row in server.stored()] == ["angry", "happy", "angry", "surprise"]


def test_no_label_lands_while_a_sheet_covers_the_face(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    open_label_page(page, server)
    face = shown_face(page)
    dialog = page.get_by_role("dialog")
    for opening in ("p", "?", "ArrowLeft"):
        page.keyboard.press(opening)
        expect(dialog).to_be_visible()
        page.keyboard.press("4")  # closes the photo, and does nothing on the others
        if opening != "p":
            page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert shown_face(page) == face
    wait_until_all_saved(page)
    assert server.stored() == []
