"""Suggestions, predictions, runs and the label errors that they point to."""
