"""Consent, embed, find, list and name subjects."""
