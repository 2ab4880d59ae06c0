"""Which faces show the same person."""
