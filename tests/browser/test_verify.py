from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route

from curator.steps.project.settings import settings
from db.labels import Expression
from tests.browser.conftest import Server, StartServer
from tests.browser.verifying import (
    A_LOOK_MS,
    ORIGIN,
    Said,
    cell,
    choose_queue,
    confirm,
    faces_on,
    look_at_faces,
    open_verify_page,
    said_of,
    suggest,
    wait_until_painted,
)
from tests.browser.watch import wait_until_all_saved

pytestmark = pytest.mark.browser

StartSuggested = Callable[[int], Server]
# Each queue that is offered as the next, from one painting to another.
NOTE_OFFERS = """() => {
  window.offered = [];
  const stage = [...document.querySelectorAll("*")]
    .map((part) => part.shadowRoot?.querySelector(".stage")).find(Boolean);
  new MutationObserver(() => {
    const next = stage.querySelector(".words button .name")?.textContent;
    if (next) window.offered.push(next);
  }).observe(stage, { childList: true, subtree: true });
}"""
AS_SUGGESTED = ("happy", None, "happy", ORIGIN)


@pytest.fixture
def start_suggested(start_server: StartServer) -> StartSuggested:
    """Start the app of a project in which a source calls so many faces happy."""

    def start(faces: int) -> Server:
        server = start_server(faces)
        suggest(server.project, dict.fromkeys(range(1, faces + 1), Expression.HAPPY))
        return server

    return start


def test_a_confirmed_page_is_stored_as_it_was_suggested(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(60)
    open_verify_page(page, server)
    assert page.get_by_role("heading", name="All happy?").is_visible()
    faces = confirm(page)
    page.get_by_text("Confirmed: all 24 happy.").wait_for()
    wait_until_all_saved(page)

    assert said_of(server) == [(face, *AS_SUGGESTED) for face in faces]
    assert len(set(faces)) == 24
    assert not set(faces) & set(faces_on(page))


def test_wrong_faces_are_put_right_by_keyboard_alone(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(24)
    open_verify_page(page, server)
    for key in ["ArrowRight", "ArrowDown", "6", "ArrowLeft", "9", "ArrowUp", "1", "4"]:
        page.keyboard.press(key)
    for key in ["ArrowRight", "ArrowRight", "3", "Backspace", "z", "Escape"]:
        page.keyboard.press(key)
    page.get_by_text("22 happy, 2 corrected").wait_for()
    faces = look_at_faces(page)
    page.keyboard.press("Enter")
    page.get_by_text("No more faces suggested as happy").wait_for()
    wait_until_all_saved(page)

    expected: list[Said] = [(face, *AS_SUGGESTED) for face in faces]
    expected[9] = (faces[9], "sad", None, "happy", ORIGIN)
    expected[8] = (faces[8], None, "not a face", "happy", ORIGIN)
    assert said_of(server) == expected


def test_a_page_that_is_taken_back_comes_back_as_it_was(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(48)
    open_verify_page(page, server)
    page.keyboard.press("6")
    faces = confirm(page)
    page.keyboard.press("u")
    page.get_by_text("The last page is back as it was").wait_for()
    assert faces_on(page) == faces
    assert page.get_by_role("gridcell", name="face 1 of 24: sad, not happy").is_visible()
    wait_until_all_saved(page)
    assert said_of(server)[24:] == [(face, None, None, None, None) for face in faces]
    page.keyboard.press("4")
    confirm(page)
    page.keyboard.press("Control+z")
    assert faces_on(page) == faces
    wait_until_all_saved(page)

    assert said_of(server)[48:72] == [(face, *AS_SUGGESTED) for face in faces]
    assert len(said_of(server)) == 96


def test_a_reload_keeps_what_was_confirmed_and_sends_nothing_else(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(60)
    open_verify_page(page, server)
    server.kill()
    page.keyboard.press("6")
    first = confirm(page)
    page.get_by_text("24 unsaved").wait_for()
    page.keyboard.press("1")  # on the next page, which is never confirmed
    server.start()
    page.reload()
    wait_until_painted(page)
    wait_until_all_saved(page)

    assert [row[0] for row in said_of(server)] == first
    assert said_of(server)[0] == (first[0], "sad", None, "happy", ORIGIN)
    assert not set(first) & set(faces_on(page))


def test_pages_confirmed_while_the_server_is_killed_are_stored_once(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(150)
    page.add_init_script(
        "window.taken = []; document.addEventListener('curator:press',"
        " (event) => window.taken.push(event.detail.face))"
    )
    open_verify_page(page, server)
    confirm(page)
    confirm(page)
    server.kill()
    confirm(page)
    server.start()
    confirm(page)
    wait_until_all_saved(page)

    stored = [row[0] for row in said_of(server)]
    assert stored == page.evaluate("window.taken")
    assert len(set(stored)) == len(stored) > 48


def test_a_digit_belongs_to_the_face_the_mouse_points_at(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(24)
    open_verify_page(page, server)
    faces = faces_on(page)
    cell(page, faces[13]).hover()
    page.keyboard.press("5")
    cell(page, faces[5]).click()
    cell(page, faces[7]).hover()  # the clicked face keeps the cursor
    page.get_by_role("button", name="Fear").click()
    look_at_faces(page)
    page.get_by_role("button", name="Confirm page").click()
    wait_until_all_saved(page)

    changed = [row[:2] for row in said_of(server) if row[1] != "happy"]
    assert changed == [(faces[5], "fear"), (faces[13], "neutral")]
    assert len(said_of(server)) == 24


def test_a_phone_needs_no_keys_and_no_scrolling_sideways(
    chromium: Browser, start_suggested: StartSuggested
) -> None:
    server = start_suggested(40)
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    open_verify_page(page, server)
    faces = faces_on(page)
    cell(page, faces[2]).tap()
    page.get_by_role("button", name="Surprise").tap()
    heights = page.locator(".hands button").evaluate_all("(all) => all.map((b) => b.offsetHeight)")
    look_at_faces(page)
    page.get_by_role("button", name="Confirm page").tap()
    wait_until_all_saved(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    phone.close()

    assert [row[:2] for row in said_of(server) if row[1] != "happy"] == [(faces[2], "surprise")]
    assert len(said_of(server)) == len(faces) == 16
    assert min(heights) >= 44
    assert width == 390


# The second Enter comes in the frame in which the next page can be confirmed, however slow it is.
_CONFIRM_TWICE = """async () => {
  const root = [...document.querySelectorAll("*")].map((part) => part.shadowRoot)
    .find((root) => root?.querySelector("button.confirm"));
  const first = () => root.querySelector(".cell")?.dataset.face;
  const enter = () => document.body.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true, composed: true }));
  const before = first();
  enter();
  while (first() === before || !root.querySelector("button.confirm:enabled"))
    await new Promise(requestAnimationFrame);
  enter();
}"""


def test_a_page_that_nobody_can_have_looked_at_is_asked_for_again(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(60)
    open_verify_page(page, server)
    first = look_at_faces(page)
    page.evaluate(_CONFIRM_TWICE)
    page.get_by_text("That was quicker than anybody can look.").wait_for()
    wait_until_all_saved(page)
    assert [row[0] for row in said_of(server)] == first
    page.keyboard.press("Enter")
    page.get_by_text("Confirmed: all 24 happy.").wait_for()
    wait_until_all_saved(page)

    assert len(said_of(server)) == 48


def test_nothing_is_confirmed_before_every_face_is_on_the_screen(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(24)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/views/7", hold)
    page.goto(f"{server.address}/verify")
    page.locator(".cell img").nth(22).wait_for()
    page.wait_for_timeout(A_LOOK_MS * 24)
    page.keyboard.press("Enter")
    page.get_by_text("Not yet: some faces are still on their way.").wait_for()
    assert said_of(server) == []
    held[0].continue_()
    assert len(confirm_last(page)) == 24
    assert len(said_of(server)) == 24


def test_a_face_without_a_picture_is_left_out_and_said(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(24)
    page.route("**/api/views/7", lambda route: route.fulfill(status=500))
    page.goto(f"{server.address}/verify")
    page.get_by_text("1 face has no picture here and is left out.").wait_for()
    faces = confirm_last(page)

    assert [row[0] for row in said_of(server)] == [face for face in faces if face != 7]
    assert 7 in faces


def confirm_last(page: Page) -> list[int]:
    """Confirm the only page there is."""
    faces = look_at_faces(page)
    page.keyboard.press("Enter")
    page.get_by_text("No more faces suggested as happy").wait_for()
    wait_until_all_saved(page)
    return faces


def test_a_queue_that_is_done_offers_the_next(page: Page, start_server: StartServer) -> None:
    server = start_server(8)
    happy = dict.fromkeys(range(1, 6), Expression.HAPPY)
    suggest(server.project, happy | dict.fromkeys(range(6, 9), Expression.SAD))
    open_verify_page(page, server)
    confirm_last(page)
    page.get_by_role("button", name="Next: Sad (3)").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="All sad?").wait_for()
    assert sorted(look_at_faces(page)) == [6, 7, 8]
    # Whatever stands there from now on: what was done before is not offered again.
    page.evaluate(NOTE_OFFERS)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Label faces blind").wait_for()
    assert page.evaluate("window.offered") == []


def test_what_was_marked_on_a_page_left_unconfirmed_is_not_sent(
    page: Page, start_server: StartServer
) -> None:
    server = start_server(4)
    suggest(server.project, {1: Expression.HAPPY, 2: Expression.HAPPY, 3: Expression.SAD})
    open_verify_page(page, server)
    page.keyboard.press("1")
    choose_queue(page, "Sad")
    page.get_by_role("heading", name="All sad?").wait_for()
    choose_queue(page, "Happy")
    page.get_by_role("heading", name="All happy?").wait_for()
    page.get_by_role("gridcell", name="face 1 of 2: happy").wait_for()

    assert said_of(server) == []


def test_a_project_that_labels_blind_says_so(page: Page, start_suggested: StartSuggested) -> None:
    server = start_suggested(4)
    with server.project.writing() as session:
        chosen = settings(session)
        chosen.has_verify = False
        session.add(chosen)
        session.commit()
    page.goto(f"{server.address}/verify")
    page.get_by_text("This project labels every face blind").wait_for()
    page.get_by_role("link", name="Switch it on in the settings").wait_for()
    assert page.get_by_role("grid").count() == 0


def test_the_grid_is_named_for_those_who_cannot_see_it(
    page: Page, start_suggested: StartSuggested
) -> None:
    server = start_suggested(24)
    open_verify_page(page, server)
    page.get_by_role("grid", name="Happy, 24 faces").wait_for()
    assert page.get_by_role("row").count() == 3
    assert page.get_by_role("gridcell").count() == 24
    page.get_by_role("gridcell", name="face 1 of 24: happy").focus()
    page.keyboard.press("ArrowDown")
    focused = page.locator(".cell:focus")
    assert focused.get_attribute("aria-label") == "face 9 of 24: happy"
    assert focused.get_attribute("aria-selected") == "true"
