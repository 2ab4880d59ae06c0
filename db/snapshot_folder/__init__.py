"""The folder of a snapshot: its manifest and its check."""
