"""What the loss tests share; their figures are printed at the end of the run."""

from collections.abc import Callable, Iterable

import pytest

from tests.browser.conftest import Server, page, start_server
from tests.faults.losses import Accepted, Losses, losses

__all__ = ["page", "start_server"]

_FIGURES = pytest.StashKey[dict[str, Losses]]()

CountLosses = Callable[[Iterable[Accepted], Server], Losses]


@pytest.fixture
def count_losses(request: pytest.FixtureRequest) -> CountLosses:
    """Compare what was accepted with what is stored, and keep the figures for the end."""

    def count(accepted: Iterable[Accepted], server: Server) -> Losses:
        found = losses(accepted, server.project.folder)
        request.config.stash.setdefault(_FIGURES, {})[request.node.name] = found
        return found

    return count


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print what each loss test counted, also when it passed."""
    figures = config.stash.get(_FIGURES, {})
    if figures:
        terminalreporter.section("accepted and stored presses")
    for name, found in figures.items():
        terminalreporter.write_line(f"{name}: {found}")
