"""What holds for all tests, and the one Chromium of those that drive a browser."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# How long an example takes says more of the machine than of the code. For a hunt of a night:
# pytest --hypothesis-profile thorough
settings.register_profile("shared-machine", deadline=None, max_examples=50)
settings.register_profile("thorough", deadline=None, max_examples=2_000)
settings.load_profile("shared-machine")

ROOT = Path(__file__).parents[1]
LONG = (
    *("test_readme.py", "test_bad_network.py", "test_end_to_end.py", "test_verify.py"),
    *("test_worker.py", "test_killed_run.py", "test_other_backend.py", "test_nets.py"),
)
FIGURES = "accepted and stored presses"
"""What a test report calls what was counted, and the heading under which it is printed."""
DRIVE_CHROMIUM = ROOT / "tests" / "browser"
NEED_KERAS = (ROOT / "trainer", ROOT / "tests" / "trainer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count as slow whatever imports Keras, which alone takes eight seconds.

    What lies with the browser tests is one of them: the other stages do not look there.

    What takes a minute or more begins first, so that no process waits for it alone at the end.
    """
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in NEED_KERAS):
            item.add_marker(pytest.mark.slow)
        if item.path.is_relative_to(DRIVE_CHROMIUM):
            item.add_marker(pytest.mark.browser)


def pytest_collection_finish() -> None:
    """Spare garbage collections what is imported by now; Streamlit makes one after each run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """Start Chromium; without one these tests fail, they are never skipped in silence.

    It stands here because Playwright starts once in a thread, and two folders use it.
    """
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only they need it

    from tests.browser.conftest import CHROMIUM_FLAGS, EXPECT_MS  # noqa: PLC0415

    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not Path(path).is_file():
        pytest.fail(f"No Chromium at {path}. Install it, or name one: CHROMIUM=/path make test")
    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each loss test counted, also when it passed."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [text for one in reports for name, text in one.user_properties if name == FIGURES]
    if lines:
        terminalreporter.section(FIGURES)
    for line in dict.fromkeys(lines):
        terminalreporter.write_line(str(line))
