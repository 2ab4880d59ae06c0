"""Warnings of Keras' TensorFlow backend that no code of ours can avoid."""

from pathlib import Path

import pytest

UNAVOIDABLE = (
    # keras/src/backend/tensorflow/core.py calls np.array(variable); TensorFlow's variables do
    # not know the `copy` keyword of NumPy 2.
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Filter them for the tests of this folder alone."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for warning in UNAVOIDABLE:
                item.add_marker(pytest.mark.filterwarnings(warning))
