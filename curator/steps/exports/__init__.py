"""Take a snapshot to where others can use it."""
