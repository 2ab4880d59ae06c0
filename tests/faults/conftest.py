"""What the loss tests share."""

from collections.abc import Callable, Iterable

import pytest

from tests.browser.conftest import Server, page, start_server
from tests.conftest import FIGURES
from tests.faults.losses import Accepted, Losses, losses

__all__ = ["page", "start_server"]

CountLosses = Callable[[Iterable[Accepted], Server], Losses]


@pytest.fixture
def count_losses(request: pytest.FixtureRequest) -> CountLosses:
    """Compare what was accepted with what is stored, and keep the figures for the end."""

    def count(accepted: Iterable[Accepted], server: Server) -> Losses:
        found = losses(accepted, server.project.folder)
        # A report carries this also from another process of pytest-xdist.
        request.node.user_properties.append((FIGURES, f"{request.node.name}: {found}"))
        return found

    return count
