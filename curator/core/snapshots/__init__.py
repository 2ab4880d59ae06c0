"""Recipes, splits, leaks, and what differs between snapshots."""
