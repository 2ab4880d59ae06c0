"""The error of a snapshot; apart, since the manifest loads pandas."""


class SnapshotError(Exception):
    """A folder is no whole snapshot; the message says what is wrong and where."""
