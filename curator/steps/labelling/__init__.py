"""Assign faces to annotators, store what they say."""
