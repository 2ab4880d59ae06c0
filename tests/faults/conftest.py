"""What the loss tests share; their figures are printed at the end of the run."""

from collections.abc import Callable, Iterable

import pytest

from tests.browser.conftest import Server, page, start_server
from tests.faults.losses import Accepted, Losses, losses

__all__ = ["page", "start_server"]

_FIGURES = "accepted and stored presses"

CountLosses = Callable[[Iterable[Accepted], Server], Losses]


@pytest.fixture
def count_losses(request: pytest.FixtureRequest) -> CountLosses:
    """Compare what was accepted with what is stored, and keep the figures for the end."""

    def count(accepted: Iterable[Accepted], server: Server) -> Losses:
        found = losses(accepted, server.project.folder)
        # A report carries this also from another process of pytest-xdist.
        request.node.user_properties.append((_FIGURES, f"{request.node.name}: {found}"))
        return found

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each loss test counted, also when it passed."""
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    lines = [text for one in reports for name, text in one.user_properties if name == _FIGURES]
    if lines:
        terminalreporter.section(_FIGURES)
    for line in dict.fromkeys(lines):
        terminalreporter.write_line(str(line))
