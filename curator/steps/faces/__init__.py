"""Detect, cut, store, list and show faces."""
