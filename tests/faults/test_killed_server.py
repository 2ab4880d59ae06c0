import pytest
from playwright.sync_api import Page

from tests.browser.conftest import StartServer
from tests.browser.watch import (
    open_label_page,
    press_each,
    press_until_taken,
    wait_until_all_saved,
)
from tests.faults.conftest import CountLosses
from tests.faults.losses import accepted_on

pytestmark = pytest.mark.browser


def test_quick_keys_outlive_a_server_killed_with_9(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(600)
    open_label_page(page, server)
    press_until_taken(page, 110, a_second=30)
    server.kill()
    press_until_taken(page, 170, a_second=30)
    server.start()
    press_until_taken(page, 300, a_second=30)
    wait_until_all_saved(page)

    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 300


def test_a_tab_closed_while_the_server_is_away_leaves_its_presses_to_the_next(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(20)
    open_label_page(page, server)
    press_each(page, 3)
    server.kill()
    press_each(page, 8, first=3)
    taken = accepted_on(page)
    page.close(run_before_unload=False)
    server.start()
    following = page.context.new_page()
    open_label_page(following, server)
    wait_until_all_saved(following)

    found = count_losses(taken, server)
    assert found.are_none
    assert found.accepted == 11
    shown = following.locator(".stage img").get_attribute("data-face")
    assert shown not in {str(press.face) for press in taken}
