from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from curator.steps.labelling.guideline import set_example, store_guideline
from curator.steps.people.accounts import local_person
from db.labels import Expression
from tests.browser.conftest import Server, StartServer, press_on_shown, shown_face
from tests.browser.watch import open_label_page, wait_until_all_saved

pytestmark = pytest.mark.browser


def write_guideline(server: Server) -> None:
    """Store two versions of a guideline and one example, as an owner would."""
    now = datetime.now(UTC)
    with server.project.writing() as session:
        owner = local_person(session, now).id
        store_guideline(session, "First words", owner, now)
        store_guideline(session, "Take the **stronger** one <script>", owner, now)
        set_example(session, 3, Expression.FEAR, owner, now)
        session.commit()


def test_the_face_is_enlarged_where_the_pointer_is_and_the_next_is_not(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(5)
    open_label_page(page, server)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    stage = page.locator(".stage")
    box = stage.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75)
    page.keyboard.press("z")
    expect(stage.locator("img")).to_have_css("transform", "matrix(2.5, 0, 0, 2.5, 0, 0)")
    origin = str(stage.locator("img").evaluate("image => image.style.transformOrigin"))
    assert [round(float(share.strip("%"))) for share in origin.split()] == [25, 75]
    assert not [address for address in fetched if "/views/" in address]
    press_on_shown(page, "4")
    expect(stage.locator("img")).to_have_css("transform", "none")
    stage.click()
    expect(stage.locator("img")).to_have_css("transform", "matrix(2.5, 0, 0, 2.5, 0, 0)")
    page.keyboard.press("Escape")
    expect(stage.locator("img")).to_have_css("transform", "none")


def test_the_whole_photo_shows_where_the_face_is(page: Page, start_server: StartServer) -> None:
    server = start_server(5)
    open_label_page(page, server)
    page.keyboard.press("p")
    photo = page.get_by_role("img", name="The whole photo")
    photo.wait_for()
    whole = photo.bounding_box()
    outline = page.locator(".outline").bounding_box()
    assert whole is not None
    assert outline is not None
    # The drawn face spans 40 to 200 of 240 px across and 20 to 220 down.
    assert (outline["x"] - whole["x"]) / whole["width"] == pytest.approx(40 / 240, abs=0.02)
    assert outline["height"] / whole["height"] == pytest.approx(200 / 240, abs=0.03)
    page.keyboard.press("Escape")
    expect(photo).to_be_hidden()


def test_the_guideline_stands_beside_the_face_and_presses_carry_its_version(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(10)
    write_guideline(server)
    open_label_page(page, server)
    beside = page.get_by_role("complementary", name="Guideline")
    expect(beside).to_contain_text("Take the stronger one <script>")
    expect(beside.get_by_role("img", name="An example of Fear")).to_be_visible()
    press_on_shown(page, "3")
    page.keyboard.press("g")
    expect(beside).to_be_hidden()
    page.reload()
    press_on_shown(page, "3")
    expect(beside).to_be_hidden()
    page.keyboard.press("g")
    expect(beside).to_be_visible()
    beside.get_by_role("button", name="Close").click()
    expect(beside).to_be_hidden()
    expect(page.get_by_role("button", name="Guideline")).to_be_focused()
    wait_until_all_saved(page)

    assert server.rows("SELECT guideline_id FROM annotations") == [(2,), (2,)]


def test_a_phone_gets_the_guideline_on_a_sheet(
    chromium: Browser, start_server: StartServer
) -> None:
    server = start_server(5)
    write_guideline(server)
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    open_label_page(page, server)
    face = shown_face(page)
    page.get_by_role("button", name="Guideline").tap()
    sheet = page.get_by_role("dialog", name="Guideline")
    expect(sheet).to_contain_text("Take the stronger one")
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()
    assert shown_face(page) == face
    phone.close()


def test_without_a_guideline_the_hints_are_at_hand(page: Page, start_server: StartServer) -> None:
    server = start_server(5)
    open_label_page(page, server)
    beside = page.get_by_role("complementary", name="Guideline")
    expect(beside).to_be_hidden()
    page.keyboard.press("g")
    expect(beside).to_contain_text("nose wrinkled, lip raised")
    press_on_shown(page, "2")
    wait_until_all_saved(page)
    assert server.rows("SELECT label, guideline_id FROM annotations") == [("disgust", None)]
