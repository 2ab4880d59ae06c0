import resource
import sqlite3

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, StartServer
from tests.browser.watch import open_label_page, press_each, wait_until_all_saved
from tests.faults.conftest import CountLosses
from tests.faults.losses import accepted_on, stored_in

pytestmark = pytest.mark.browser

NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def fill_the_disk(server: Server) -> None:
    """Let no file of the server grow any more: SQLite's writes fail from now on.

    The log that SQLite writes to is cut first, so that not even one commit has room.
    """
    folder = server.project.folder
    with sqlite3.connect(folder / "project.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))


def make_room(server: Server) -> None:
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, NO_LIMIT)


def label_while_the_disk_is_full(page: Page, server: Server) -> set[str]:
    """Label before and while the disk is full; return what was stored before."""
    open_label_page(page, server)
    press_each(page, 10)
    wait_until_all_saved(page)
    before = set(stored_in(server.project.folder))
    fill_the_disk(server)
    press_each(page, 12, first=10)
    expect(page.get_by_text("The server has no room to store labels")).to_be_visible()
    expect(page.locator(".saved")).to_have_text("12 unsaved")
    assert set(stored_in(server.project.folder)) == before
    return before


def test_labelling_goes_on_while_the_disk_is_full_and_all_arrives_when_it_has_room(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(60)
    label_while_the_disk_is_full(page, server)
    make_room(server)
    press_each(page, 3, first=22)
    wait_until_all_saved(page)

    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 25


def test_a_server_killed_while_the_disk_was_full_still_has_what_it_acknowledged(
    page: Page, start_server: StartServer, count_losses: CountLosses
) -> None:
    server = start_server(60)
    label_while_the_disk_is_full(page, server)
    server.kill()
    server.start()
    wait_until_all_saved(page)

    found = count_losses(accepted_on(page), server)
    assert found.are_none
    assert found.accepted == 22
