import errno
from pathlib import Path

import pytest

from trainer.errors import TrainerError
from trainer.training.failures import with_advice

FOLDER = Path("run-7")


def test_a_full_disk_says_what_is_kept_and_what_to_do() -> None:
    said = r"disk is full: run-7.*is kept.*it goes on"

    with pytest.raises(TrainerError, match=said), with_advice(FOLDER):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_too_little_memory_says_what_to_do() -> None:
    said = r"not enough memory.*fewer faces"

    with pytest.raises(TrainerError, match=said), with_advice(FOLDER):
        raise MemoryError


def test_other_errors_pass() -> None:
    with pytest.raises(PermissionError, match="denied"), with_advice(FOLDER):
        raise PermissionError(errno.EACCES, "denied")
