"""Exports of a snapshot: what the page offers and the routes that send it."""
