import time

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Server, StartServer
from tests.browser.watch import (
    open_label_page,
    press_each,
    press_until_taken,
    wait_until_all_saved,
    wait_until_views_are_in_hand,
)
from tests.faults.conftest import CountLosses
from tests.faults.losses import accepted_on
from tests.faults.proxy import BadLine, Line, Mishaps

pytestmark = pytest.mark.browser

CUT_SECONDS = 60


def open_through(line: Line, page: Page, server: Server) -> None:
    """Open the label page at the line's address instead of the server's."""
    server.address = f"http://127.0.0.1:{line.port}"
    open_label_page(page, server)


@pytest.mark.slow
def test_a_minute_without_a_network_loses_nothing(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(300)
    with Line(server.port) as line:
        open_through(line, page, server)
        press_each(page, 10)
        wait_until_all_saved(page)
        wait_until_views_are_in_hand(page)
        line.cut()
        began = time.monotonic()
        for second in range(CUT_SECONDS):
            press_each(page, 1, first=10 + second)
            page.wait_for_timeout(max(0, 1000 * (began + second + 1 - time.monotonic())))
        page.get_by_text("The server is away. Go on labelling").wait_for()
        waiting = page.locator(".saved").inner_text()
        line.heal()
        press_each(page, 10, first=10 + CUT_SECONDS)
        wait_until_all_saved(page)

    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 10 + CUT_SECONDS + 10
    assert waiting == f"{CUT_SECONDS} unsaved"


def test_a_line_that_drops_delays_and_doubles_requests_loses_nothing(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(200)
    with BadLine(server.port, seed=3) as line:
        open_through(line, page, server)
        press_until_taken(page, 100, a_second=3)
        wait_until_all_saved(page)
        line.wait_until_all_is_sent_again()

    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 100
    assert set(line.mishaps.happened) == set(Mishaps.KINDS)
