import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import StartServer, shown_face
from tests.browser.watch import open_label_page, press_each, press_keys, wait_until_all_saved
from tests.faults.conftest import CountLosses
from tests.faults.losses import accepted_on

pytestmark = pytest.mark.browser

FILL = """
() => {
  for (let size = 2 ** 22, number = 0; size >= 1; ) {
    try { localStorage.setItem(`filling-${number++}`, "x".repeat(size)); } catch { size /= 2; }
  }
}
"""
EMPTY = """
() => Object.keys(localStorage).filter((key) => key.startsWith("filling"))
  .forEach((key) => localStorage.removeItem(key))
"""


def test_a_key_that_the_browser_cannot_keep_does_not_count(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(20)
    open_label_page(page, server)
    press_each(page, 3)
    wait_until_all_saved(page)
    shown = page.locator(".stage img[data-face]")
    face = shown_face(page)
    page.evaluate(FILL)
    press_keys(page, 4, a_second=5)
    page.get_by_text("This browser has no room to keep labels").wait_for()
    expect(shown).to_have_attribute("data-face", str(face))

    page.evaluate(EMPTY)
    press_each(page, 2)
    wait_until_all_saved(page)
    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 5
