"""Duplicate groups are decided on by keys; what was decided is stored and stays decided."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from curator.steps.consensus.settle_labels import consensus
from curator.steps.duplicates.find_duplicates import find_duplicates
from db.jobs.progress import finished
from db.labels import Expression
from tests.browser.conftest import NOW, Server
from tests.browser.planted_duplicates import (
    focused_face,
    members,
    only,
    open_duplicates,
    plant,
    standing,
    wait_for_group,
    wait_until_stored,
)

pytestmark = pytest.mark.browser

StartPlanted = Callable[..., Server]


@pytest.fixture
def start_planted(tmp_path: Path) -> Iterator[StartPlanted]:
    """Start the app of a project with these groups."""
    servers: list[Server] = []

    def start(
        groups: Sequence[Sequence[int]], labels: Mapping[int, Expression] | None = None
    ) -> Server:
        server = Server(plant(tmp_path / f"project-{len(servers)}", groups, labels))
        servers.append(server)
        server.start()
        return server

    yield start
    for server in servers:
        server.stop()


def search(server: Server) -> None:
    """Search as the job does."""
    finished(find_duplicates(server.project, now=NOW))


def test_groups_are_decided_by_keyboard_alone_and_stay_decided(
    page: Page, start_planted: StartPlanted
) -> None:
    groups = [[1, 2], [3, 4, 5], [6, 7], [8, 9]]
    server = start_planted(groups, {6: Expression.SAD, 7: Expression.FEAR})
    open_duplicates(page, server, [6, 7])  # the conflict comes first
    page.get_by_text("Different labels sad and fear: say which is right").wait_for()
    page.keyboard.press("3")
    wait_for_group(page, [1, 2])
    page.keyboard.press("ArrowRight")
    assert focused_face(page) == 2
    page.keyboard.press("k")
    wait_for_group(page, [3, 4, 5])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("s")
    wait_for_group(page, [3, 4])
    assert focused_face(page) == 4
    page.keyboard.press("Enter")
    wait_for_group(page, [8, 9])
    page.keyboard.press("n")
    page.get_by_text("That was the last of these").wait_for()
    wait_until_stored(page)

    decided = [("keep", 6, None), ("keep", 2, None), ("apart", 3, 5), ("apart", 4, 5)]
    assert standing(server) == [*decided, ("apart", 8, 9)]
    left = [(2, 1), (2, 2), (3, 3), (3, 4), (6, 6), (6, 7)]
    assert members(server) == left
    with server.project.reading() as session:
        assert consensus(session)["verdict"].to_dict() == {6: "fear", 7: "fear"}
    search(server)
    assert members(server) == left
    open_duplicates(page, server, [3, 4])
    expect(only(page, "Undecided")).to_contain_text("(1)")
    expect(only(page, "Different labels")).to_have_count(0)


def test_what_was_decided_is_undone_step_by_step_also_after_a_reload(
    page: Page, start_planted: StartPlanted
) -> None:
    server = start_planted([[1, 2], [3, 4], [5, 6]])
    open_duplicates(page, server, [1, 2])
    page.keyboard.press("n")
    wait_for_group(page, [3, 4])
    page.keyboard.press("ArrowRight")
    page.keyboard.press("k")
    wait_for_group(page, [5, 6])
    page.keyboard.press("u")
    wait_for_group(page, [3, 4])
    assert standing(server) == [("apart", 1, 2)]
    page.reload()
    wait_for_group(page, [3, 4])
    page.keyboard.press("Control+z")
    wait_for_group(page, [1, 2])
    wait_until_stored(page)
    assert standing(server) == []
    assert members(server) == [(1, 1), (1, 2), (3, 3), (3, 4), (5, 5), (5, 6)]
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_late_key_never_hits_the_next_group(page: Page, start_planted: StartPlanted) -> None:
    server = start_planted([[1, 2], [3, 4], [5, 6]])
    open_duplicates(page, server, [1, 2])
    page.evaluate(_PRESS_AT_ONCE, ["n", "n", "k"])
    page.get_by_text(re.compile("That key came before anybody|Not yet")).wait_for()
    wait_for_group(page, [3, 4])
    wait_until_stored(page)
    assert standing(server) == [("apart", 1, 2)]


_PRESS_AT_ONCE = """(keys) => keys.forEach((key) => document.body.dispatchEvent(
  new KeyboardEvent("keydown", { key, code: `Key${key.toUpperCase()}`, bubbles: true })))"""


def test_keys_that_outrun_the_server_are_all_stored_in_order(
    page: Page, start_planted: StartPlanted
) -> None:
    groups = [[face, face + 1] for face in range(1, 41, 2)]
    server = start_planted(groups)
    open_duplicates(page, server, [1, 2])
    for first, _ in groups:
        card = page.locator(f".card[data-face='{first}']:has(img)")
        card.wait_for()
        while card.count():  # one that comes before the faces can be seen does not count
            page.keyboard.press("n")
    page.get_by_text("Every group is decided").wait_for()
    wait_until_stored(page)
    assert standing(server) == [("apart", first, second) for first, second in groups]


def test_a_group_decided_on_in_another_tab_is_left_alone_and_said(
    page: Page, start_planted: StartPlanted
) -> None:
    server = start_planted([[1, 2, 3], [4, 5]])
    open_duplicates(page, server, [1, 2, 3])
    other = page.context.new_page()
    open_duplicates(other, server, [1, 2, 3])
    page.keyboard.press("s")
    wait_for_group(page, [2, 3])
    wait_until_stored(page)
    other.keyboard.press("n")
    other.get_by_text("Faces 1, 2, 3 are no longer one duplicate group").wait_for()
    wait_for_group(other, [4, 5])
    assert standing(server) == [("apart", 1, 2), ("apart", 1, 3)]
    wait_until_stored(other)  # its list comes after the sentence
    other.keyboard.press("ArrowUp")
    wait_for_group(other, [2, 3])


def test_kinds_of_groups_are_looked_at_apart_and_tab_goes_from_face_to_face(
    page: Page, start_planted: StartPlanted
) -> None:
    server = start_planted([[1, 2, 3], [4, 5]], {4: Expression.SAD, 5: Expression.FEAR})
    open_duplicates(page, server, [4, 5])
    only(page, "Same pixels").click()
    expect(page.locator(".card[data-face='4']")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.locator(".card[data-face='1']").click()
    wait_for_group(page, [1, 2, 3])
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert focused_face(page) == 3
    page.get_by_role("button", name="Split off").click()
    wait_for_group(page, [1, 2])
    page.keyboard.press("p")
    photo = page.get_by_role("dialog", name="Whole photo")
    expect(photo.get_by_role("img")).to_be_visible()
    page.keyboard.press("n")  # says nothing of what is covered
    expect(photo).to_be_hidden()
    wait_until_stored(page)
    assert standing(server) == [("apart", 1, 3), ("apart", 2, 3)]


def test_a_phone_needs_no_keys_and_no_scrolling_sideways(
    chromium: Browser, start_planted: StartPlanted
) -> None:
    server = start_planted([[1, 2], [3, 4, 5]], {3: Expression.SAD, 4: Expression.FEAR})
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    open_duplicates(page, server, [3, 4, 5])
    heights = page.locator(".hands button:visible").evaluate_all(
        "(all) => all.map((b) => b.offsetHeight)"
    )
    page.get_by_role("button", name="Sad").tap()
    wait_for_group(page, [1, 2])
    page.locator(".card[data-face='2']").tap()
    page.get_by_role("button", name="Keep").tap()
    page.get_by_text("Every group is decided").wait_for()
    wait_until_stored(page)
    width = page.evaluate("document.documentElement.scrollWidth")
    phone.close()

    assert standing(server) == [("keep", 3, None), ("keep", 2, None)]
    assert min(heights) >= 44
    assert width == 390
