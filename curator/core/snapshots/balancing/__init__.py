"""Which faces make a set of the wanted counts."""
