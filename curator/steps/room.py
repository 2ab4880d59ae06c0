"""Say what to do where the disk takes no more."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from curator.errors import CuratorError

NO_ROOM = (
    "What was found cannot be stored: {}. Make room where the project lies, then start again: "
    "it goes on where it stopped."
)
_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})


@contextmanager
def room_or_sentence() -> Iterator[None]:
    """Say what to do where the disk does not take what the block writes.

    Raises:
        CuratorError: With that.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _ERRORS:
            raise
        raise CuratorError(NO_ROOM.format(error.strerror)) from error
