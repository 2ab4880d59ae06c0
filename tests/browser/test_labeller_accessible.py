import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import StartServer, press_on_shown, shown_face
from tests.browser.watch import open_label_page

pytestmark = pytest.mark.browser


def test_a_screen_reader_finds_everything_and_hears_of_the_next_face(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    open_label_page(page, server)
    press_on_shown(page, "4")
    shown_face(page)
    expect(page.locator("[aria-live=polite]")).to_have_text("Happy. Next face, 9 left.")
    expect(page.locator(".labeller")).to_match_aria_snapshot("""
        - region "Label faces":
          - img "The face to label"
          - group "Labels":
            - button "Angry"
            - button "Disgust"
            - button "Fear"
            - button "Happy"
            - button "Neutral"
            - button "Sad"
            - button "Surprise"
          - group "No label":
            - button "Unsure"
            - button "Not a face"
            - button "Bad crop"
            - button "Skip"
            - button "Undo"
          - group "Look and find":
            - button "Yours"
            - button "Zoom"
            - button "Whole photo"
            - button "Guideline"
            - button "Keys"
    """)


def test_everything_is_reached_by_tab_and_sheets_give_the_focus_back(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    open_label_page(page, server)
    face = shown_face(page)
    page.get_by_role("button", name="Fear").focus()
    page.keyboard.press("Tab")
    happy = page.get_by_role("button", name="Happy")
    expect(happy).to_be_focused()
    expect(happy).to_have_css("outline-style", "solid")
    page.keyboard.press("Enter")
    page.locator(f".stage img:not([data-face='{face}'])").wait_for()
    keys = page.get_by_role("button", name="Keys")
    keys.focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Digits").wait_for()
    page.keyboard.press("Escape")
    expect(keys).to_be_focused()


def test_on_a_phone_all_buttons_are_large_enough_and_nothing_overflows(
    chromium: Browser, start_server: StartServer
) -> None:
    server = start_server(5)
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    open_label_page(page, server)
    for name in ("", "Yours", "Keys", "Guideline", "Whole photo"):
        if name:
            page.get_by_role("button", name=name, exact=True).tap()
            page.get_by_role("dialog").wait_for()
        buttons = page.locator(".labeller button:visible")
        boxes = [button.bounding_box() for button in buttons.all()]
        assert all(box and box["width"] >= 44 and box["height"] >= 44 for box in boxes), name
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        page.keyboard.press("Escape")
    phone.close()
