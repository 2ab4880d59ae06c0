"""What holds for all tests."""

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")

ROOT = Path(__file__).parents[1]
NEED_KERAS = (ROOT / "trainer", ROOT / "tests" / "trainer")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Count as slow whatever imports Keras, which alone takes eight seconds."""
    for item in items:
        if any(item.path.is_relative_to(folder) for folder in NEED_KERAS):
            item.add_marker(pytest.mark.slow)
