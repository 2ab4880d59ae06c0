"""The error that a person can do something about."""


class CuratorError(Exception):
    """What was asked for cannot be done; the message says what to do instead.

    Pages and commands show the message once, in one place, without a traceback.
    """
