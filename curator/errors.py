"""The error that a person can do something about, and what makes one of a full disk."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

NO_ROOM = (
    "What was found cannot be stored: {}. Make room where the project lies, then start again: "
    "it goes on where it stopped."
)
_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})


class CuratorError(Exception):
    """What was asked for cannot be done; the message says what to do instead.

    Pages and commands show the message once, in one place, without a traceback.
    """


@contextmanager
def disk_errors_explained() -> Iterator[None]:
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
