"""The results of a benchmark in a real browser: live, tab by tab, on a phone.

With `CURATOR_PICTURES=folder` it keeps pictures of the page, wide and on a phone.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from db.run_folder.figures import read_figures
from db.run_folder.results import RunState, read_run, write_run
from tests.app.benchmarked import RUN, first_tested, frozen, make_benchmarked_project
from tests.browser.conftest import Server
from tests.browser.reruns import wait_until_drawn
from tests.browser.test_balance import keep_picture
from trainer.report import write_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a project with a benchmark that has ended, its report written.

    Each test leaves the run as it was.
    """
    project = make_benchmarked_project(tmp_path_factory.mktemp("results") / "project")
    write_report(project.folder / RUN, frozen(project))
    server = Server(project)
    server.start()
    yield server
    server.stop()


def open_tab(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    wait_until_drawn(page)


def open_results(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/benchmark")
    expect(page.get_by_text("Best by validation: Xception with svm")).to_be_visible()
    wait_until_drawn(page)


def test_a_run_is_looked_at_from_all_sides(page: Page, server: Server) -> None:
    open_results(page, server)
    expect(page.get_by_text("Not distinguishable from it on these test faces")).to_be_visible()
    keep_picture(page, "results")

    open_tab(page, "Confusion")
    expect(page.get_by_text("Test faces.")).to_be_visible()
    keep_picture(page, "results-confusion")
    open_tab(page, "Calibration")
    expect(page.get_by_text("Expected calibration error")).to_be_visible()
    open_tab(page, "By source, agreement, quality")
    expect(page.get_by_text("By agreement")).to_be_visible()
    keep_picture(page, "results-parts")

    open_tab(page, "Right and wrong")
    wrong = page.get_by_alt_text(f"face {first_tested(frozen(server.project))}", exact=True)
    expect(wrong).to_be_visible()
    assert wrong.evaluate("async (image) => { await image.decode(); return image.naturalWidth }")
    expect(page.get_by_role("button", name="Show where it looks")).to_be_visible()
    keep_picture(page, "results-faces")


def test_what_was_written_of_a_run_is_taken_away(page: Page, server: Server) -> None:
    open_results(page, server)
    open_tab(page, "Downloads")
    kept = {}
    for name in ("report.html", "confusion.png", "recalls.csv"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        assert download.value.suggested_filename == f"run-1-{name}"
        kept[name] = download.value.path().read_bytes()
    folder = server.project.folder / RUN / "report"
    assert kept == {name: (folder / name).read_bytes() for name in kept}


def test_a_run_at_work_goes_on_and_ends_before_ones_eyes(page: Page, server: Server) -> None:
    folder = server.project.folder / RUN
    done, figures = read_run(folder), read_figures(folder)
    write_run(folder, replace(done, state=RunState.RUNNING, nets=(), cells=()))
    page.goto(f"{server.address}/benchmark")
    expect(page.get_by_text("Curves appear with the first epoch.")).to_be_visible()

    write_run(folder, replace(done, state=RunState.RUNNING, cells=()))
    curves = page.get_by_test_id("stVegaLiteChart")
    expect(curves).to_have_count(2)

    assert figures is not None
    write_run(folder, done)
    expect(page.get_by_text("Best by validation")).to_be_visible()


def test_a_phone_shows_it_without_scrolling_sideways(chromium: Browser, server: Server) -> None:
    phone = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    open_results(page, server)
    widths = []
    for name in ("Learning curves", "Confusion", "Right and wrong", "Downloads"):
        open_tab(page, name)
        keep_picture(page, f"results-phone-{name.lower().replace(' ', '-')}")
        widths.append(page.evaluate("document.documentElement.scrollWidth"))
    phone.close()
    assert widths == [390] * 4
