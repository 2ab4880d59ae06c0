"""Faces are leafed through and looked at by keys and by touch."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, StartServer, drawn_jpeg

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FACE = re.compile(r"^face \d")


def keep_crop(server: Server, face: int) -> None:
    """Keep what the face's row names as its crop, which the label page does without."""
    server.project.crops.put(drawn_jpeg(face))


def test_a_face_is_looked_at_in_its_photo_and_then_the_next(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(100)
    keep_crop(server, 1)
    page.goto(f"{server.address}/faces")
    expect(page.get_by_role("radio", name=FACE)).to_have_count(96)
    page.get_by_role("radio", name="face 98").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Face 98, 3 of 96 on this page")).to_be_visible()
    photo = dialog.get_by_alt_text("the whole photo")
    expect(photo).to_be_visible()
    assert photo.evaluate("async (image) => { await image.decode(); return image.naturalWidth }")
    page.keyboard.press("ArrowRight")
    expect(dialog.get_by_text("Face 97, 4 of 96 on this page")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    page.get_by_role("button", name="Page 2").click()
    expect(page.get_by_role("radio", name=FACE)).to_have_count(4)
    page.get_by_role("radio", name="face 1 ").click()
    expect(dialog.get_by_text("Face 1, 4 of 4 on this page")).to_be_visible()
    dialog.get_by_role("link", name="Show its pre-processing").click()
    expect(page.get_by_alt_text(re.compile("^the face: "))).to_have_count(6)
    assert page.get_by_label("Face", exact=True).input_value() == "1"


def test_a_phone_shows_faces_without_scrolling_sideways(
    chromium: Browser, start_server: StartServer
) -> None:
    server = start_server(12)
    keep_crop(server, 5)
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    page.goto(f"{server.address}/faces")
    page.get_by_role("radio", name="face 5").tap()
    expect(page.get_by_role("dialog").get_by_text("Face 5, 8 of 12")).to_be_visible()
    widths = [page.evaluate("document.documentElement.scrollWidth")]
    page.goto(f"{server.address}/preprocessing?face=5")
    expect(page.get_by_alt_text(re.compile("^the face: "))).to_have_count(6)
    widths.append(page.evaluate("document.documentElement.scrollWidth"))
    phone.close()
    assert widths == [390, 390]
