"""What stops a training and no code of ours can mend, said so that a person can."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import TrainerError


@contextmanager
def with_advice(folder: Path) -> Iterator[None]:
    """Say what to do when a disk or memory ends while the block runs.

    Raises:
        TrainerError: In the place of either.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise TrainerError(
            f"The disk is full: {folder} could not be written. What was done before is kept; "
            "free some space and start the same benchmark again, it goes on."
        ) from error
    except MemoryError as error:
        raise TrainerError(
            "There is not enough memory. What was done before is kept; close other programs "
            "or train on fewer faces, and start the same benchmark again."
        ) from error
